// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/vm_plan.hpp"

#include <algorithm>
#include <array>

namespace vestige::config {
namespace {

constexpr u64 default_memory = 64 * mib;
constexpr u64 builtin_memory = 16 * mib;
constexpr u64 least_memory = 2 * mib;
constexpr unsigned no_vm = ~0U;

constexpr bool is_medium(ModuleKind kind) {
    return kind == ModuleKind::disk || kind == ModuleKind::floppy || kind == ModuleKind::cdrom;
}
constexpr bool belongs_to_vm(ModuleKind kind) {
    return is_medium(kind) || kind == ModuleKind::raw || kind == ModuleKind::rom ||
           kind == ModuleKind::option_rom;
}

/// The drive numbers that a kind of medium may have.
struct Units {
    u8 first;
    u8 last;
};
constexpr Units units_of(ModuleKind kind) {
    switch (kind) {
    case ModuleKind::floppy:
        return {0x00, 0x01};
    case ModuleKind::cdrom:
        return {0xe0, 0xe7};
    default:
        return {0x80, 0x87};
    }
}

std::string_view base_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : part(path, slash + 1);
}

/// Builds the plans; one use.
class Planner {
  public:
    Planner(std::span<const Module> modules, const BootOptions& options, const HostResources& host,
            VmPlans& plans, ProblemSink& problems)
        : modules_{modules}, options_{options}, host_{host}, plans_{plans}, problems_{problems} {}

    void run();

  private:
    void group_modules();
    [[nodiscard]] unsigned vm_for(unsigned module);
    [[nodiscard]] VmPlan* find_vm(std::string_view name);
    [[nodiscard]] VmPlan* new_vm(std::string_view name);
    [[nodiscard]] std::string_view free_name(std::span<char> storage);
    [[nodiscard]] bool name_taken(std::string_view name);
    void add_builtin_guests();
    void place_image(unsigned module);
    void place_option_rom(unsigned module);
    void place_medium(unsigned module);
    [[nodiscard]] std::optional<u8> free_unit(const VmPlan& vm, ModuleKind kind) const;
    void check_size(unsigned module);
    void apply(const ModuleOptions& said, VmPlan& vm);
    void apply_settings();
    void check_option_roms(const VmPlan& vm);
    void finish_boot(VmPlan& vm);
    void share_memory();
    void check_raw(const VmPlan& vm);
    void place_cpus();

    template <class... Arguments>
    void complain(std::string_view format, const Arguments&... arguments) {
        char storage[320];
        problems_.problem(format_in(storage, format, arguments...));
        ++plans_.problems;
    }
    [[nodiscard]] std::string_view label(unsigned module) const {
        return base_name(modules_[module].options.path);
    }

    std::span<const Module> modules_;
    const BootOptions& options_;
    const HostResources& host_;
    VmPlans& plans_;
    ProblemSink& problems_;
    std::array<unsigned, most_modules> vm_of_{};
    unsigned names_tried_ = 0;
};

void Planner::run() {
    if (modules_.size() > most_modules) {
        complain("{} modules are loaded, Vestige takes {}", modules_.size(), most_modules);
        modules_ = modules_.first(most_modules);
    }
    group_modules();
    if (plans_.vms.empty() && plans_.problems == 0)
        add_builtin_guests();
    apply_settings();
    for (VmPlan& vm : plans_.vms)
        finish_boot(vm);
    share_memory();
    for (const VmPlan& vm : plans_.vms) {
        check_option_roms(vm);
        check_raw(vm);
    }
    place_cpus();
}

void Planner::group_modules() {
    for (unsigned i = 0; i < modules_.size(); ++i) {
        vm_of_[i] = belongs_to_vm(modules_[i].kind) ? vm_for(i) : no_vm;
        if (vm_of_[i] == no_vm)
            continue;
        check_size(i);
        apply(modules_[i].options, plans_.vms[vm_of_[i]]);
        if (modules_[i].kind == ModuleKind::option_rom)
            place_option_rom(i);
        else if (!is_medium(modules_[i].kind))
            place_image(i);
    }
    // Drive numbers that were asked for first: the others take what is left.
    for (const bool asked_for : {true, false})
        for (unsigned i = 0; i < modules_.size(); ++i)
            if (vm_of_[i] != no_vm && is_medium(modules_[i].kind) &&
                modules_[i].options.unit.has_value() == asked_for)
                place_medium(i);
}

unsigned Planner::vm_for(unsigned module) {
    const std::string_view name = modules_[module].options.vm;
    char storage[4];
    VmPlan* vm = name.empty() ? nullptr : find_vm(name);
    if (vm == nullptr)
        vm = new_vm(name.empty() ? free_name(storage) : name);
    return vm == nullptr ? no_vm : static_cast<unsigned>(vm - &plans_.vms[0]);
}

VmPlan* Planner::find_vm(std::string_view name) {
    for (VmPlan& vm : plans_.vms)
        if (vm.name.view() == name)
            return &vm;
    return nullptr;
}

VmPlan* Planner::new_vm(std::string_view name) {
    VmPlan vm;
    vm.name.assign(name);
    vm.trace = options_.trace;
    if (!plans_.vms.push_back(vm)) {
        complain("more than {} VMs", most_vms);
        return nullptr;
    }
    return &plans_.vms.back();
}

/// a to z, then aa to zz; names that a module asks for are passed over.
std::string_view Planner::free_name(std::span<char> storage) {
    for (;;) {
        const unsigned number = names_tried_++;
        TextBuffer text{storage};
        if (number >= 26)
            print(text, "{}", static_cast<char>('a' + number / 26 - 1));
        print(text, "{}", static_cast<char>('a' + number % 26));
        if (!name_taken(text.view()))
            return text.view();
    }
}

bool Planner::name_taken(std::string_view name) {
    return find_vm(name) != nullptr ||
           std::any_of(modules_.begin(), modules_.end(),
                       [name](const Module& module) { return module.options.vm == name; });
}

void Planner::add_builtin_guests() {
    const unsigned count = std::min(host_.cpus, most_vms);
    for (unsigned i = 0; i < count; ++i) {
        char storage[4];
        static_cast<void>(new_vm(free_name(storage)));
    }
}

void Planner::check_size(unsigned module) {
    const Module& m = modules_[module];
    if (m.size == 0)
        return complain("module {} \"{}\": the image is empty", module + 1, label(module));
    if (m.kind == ModuleKind::option_rom && (m.size < 512 || m.size > 128 * kib))
        complain("module {} \"{}\": an option ROM has 512 bytes to 128 KiB, this one has {}",
                 module + 1, label(module), m.size);
    if (m.kind == ModuleKind::rom &&
        (m.size < 64 * kib || m.size > 8 * mib || m.size % page_size != 0))
        complain(
            "module {} \"{}\": a rom has 64K to 8M in whole 4 KiB pages, this one has {} bytes",
            module + 1, label(module), m.size);
    if (m.kind != ModuleKind::raw && (m.options.at || m.options.start))
        complain("module {} \"{}\": at= and start= only go with raw, this is a {}", module + 1,
                 label(module), name_of(m.kind));
    if (!is_medium(m.kind) && (m.options.unit || m.options.read_only))
        complain(
            "module {} \"{}\": unit= and ro= only go with disk, floppy and cdrom, this is a {}",
            module + 1, label(module), name_of(m.kind));
}

void Planner::apply(const ModuleOptions& said, VmPlan& vm) {
    vm.memory = said.memory.value_or(vm.memory);
    vm.cpus = said.cpus.value_or(vm.cpus);
    vm.boot = said.boot.value_or(vm.boot);
    vm.at = said.at.value_or(vm.at);
    // A raw image that is loaded elsewhere starts there, unless start= says otherwise.
    if (said.at && said.at->value() < 0x10'0000)
        vm.start = {static_cast<u16>((said.at->value() >> 4) & 0xf000),
                    static_cast<u16>(said.at->value() & 0xffff)};
    vm.start = said.start.value_or(vm.start);
    vm.com1 = said.com1.value_or(vm.com1);
    vm.keys = said.keys.value_or(vm.keys);
    if (said.trace)
        vm.trace = *said.trace;
}

void Planner::apply_settings() {
    for (const VmSetting& setting : options_.vm_settings) {
        VmPlan* const vm = find_vm(setting.vm);
        if (vm == nullptr) {
            complain("boot word \"vm.{}.{}={}\": there is no VM {}", setting.vm, setting.key,
                     setting.value, setting.vm);
            continue;
        }
        ModuleOptions said;
        if (!set_module_key(setting.key, setting.key, setting.value, said, true, problems_))
            ++plans_.problems;
        else if ((said.at || said.start) && vm->source != BootSource::raw)
            complain("boot word \"vm.{}.{}={}\": VM {} has no raw image", setting.vm, setting.key,
                     setting.value, setting.vm);
        else
            apply(said, *vm);
    }
}

void Planner::place_image(unsigned module) {
    VmPlan& vm = plans_.vms[vm_of_[module]];
    if (vm.source != BootSource::builtin)
        return complain("module {} \"{}\": VM {} has a {} image already, it holds one", module + 1,
                        label(module), vm.name.view(),
                        vm.source == BootSource::rom ? "rom" : "raw");
    vm.source = modules_[module].kind == ModuleKind::rom ? BootSource::rom : BootSource::raw;
    vm.module = module;
}

void Planner::place_option_rom(unsigned module) {
    VmPlan& vm = plans_.vms[vm_of_[module]];
    if (!vm.option_roms.push_back(module))
        complain("module {} \"{}\": VM {} has {} option ROMs already", module + 1, label(module),
                 vm.name.view(), most_option_roms);
}

std::optional<u8> Planner::free_unit(const VmPlan& vm, ModuleKind kind) const {
    const Units units = units_of(kind);
    for (unsigned unit = units.first; unit <= units.last; ++unit)
        if (std::none_of(vm.disks.begin(), vm.disks.end(),
                         [unit](const DiskPlan& disk) { return disk.unit == unit; }))
            return static_cast<u8>(unit);
    return std::nullopt;
}

void Planner::place_medium(unsigned module) {
    VmPlan& vm = plans_.vms[vm_of_[module]];
    const Module& m = modules_[module];
    const Units units = units_of(m.kind);
    const std::optional<u8> unit = m.options.unit ? m.options.unit : free_unit(vm, m.kind);
    if (!unit || vm.disks.full())
        return complain(
            "module {} \"{}\": VM {} has no room for it: at most {} of kind {}, {} in all",
            module + 1, label(module), vm.name.view(), units.last - units.first + 1,
            name_of(m.kind), most_disks);
    if (*unit < units.first || *unit > units.last)
        return complain("module {} \"{}\": unit=0x{02x} does not go with {}, expected 0x{02x} to "
                        "0x{02x}",
                        module + 1, label(module), *unit, name_of(m.kind), units.first, units.last);
    for (const DiskPlan& disk : vm.disks)
        if (disk.unit == *unit)
            return complain("module {} \"{}\": VM {} has two modules with unit=0x{02x}, the other "
                            "one is module {} \"{}\"",
                            module + 1, label(module), vm.name.view(), *unit, disk.module + 1,
                            label(disk.module));
    static_cast<void>(vm.disks.push_back(
        {*unit, m.kind, module, m.options.read_only.value_or(m.kind == ModuleKind::cdrom)}));
}

/// A boot ROM of the guest's own takes the place of the BIOS that would call option ROMs.
void Planner::check_option_roms(const VmPlan& vm) {
    if (vm.source == BootSource::rom && !vm.option_roms.empty())
        complain("module {} \"{}\": VM {} has a rom image, which takes no option ROM from us",
                 vm.option_roms[0] + 1, label(vm.option_roms[0]), vm.name.view());
}

/// Fills in the boot order and, for a VM that boots from disks, which module it will be.
void Planner::finish_boot(VmPlan& vm) {
    if (vm.boot.empty())
        for (const BootDevice device :
             {BootDevice::floppy, BootDevice::hard_disk, BootDevice::cdrom, BootDevice::option_rom})
            static_cast<void>(vm.boot.push_back(device));
    std::sort(vm.disks.begin(), vm.disks.end(),
              [](const DiskPlan& a, const DiskPlan& b) { return a.unit < b.unit; });
    if (vm.source != BootSource::builtin || (vm.disks.empty() && vm.option_roms.empty()))
        return;
    vm.source = BootSource::disks;
    constexpr ModuleKind kinds[] = {ModuleKind::floppy, ModuleKind::disk, ModuleKind::cdrom};
    for (const BootDevice device : vm.boot) {
        if (device == BootDevice::option_rom && !vm.option_roms.empty()) {
            vm.module = vm.option_roms[0];
            return;
        }
        for (const DiskPlan& disk : vm.disks)
            if (device != BootDevice::option_rom &&
                disk.kind == kinds[static_cast<std::size_t>(device)]) {
                vm.module = disk.module;
                return;
            }
    }
    complain("VM {}: boot= names no kind of medium that it has", vm.name.view());
}

/// VMs that do not say how much memory they want get the usual amount, or a fair share of the rest.
void Planner::share_memory() {
    u64 fixed = 0;
    unsigned sharing = 0;
    for (const VmPlan& vm : plans_.vms) {
        if (vm.memory > host_.memory - fixed)
            return complain("VM {}: mem={}M is too much, {} MiB of this machine's memory are free",
                            vm.name.view(), vm.memory / mib, (host_.memory - fixed) / mib);
        fixed += vm.memory;
        sharing += vm.memory == 0 ? 1 : 0;
    }
    if (sharing == 0)
        return;
    const u64 share = (host_.memory - fixed) / sharing / mib * mib;
    if (share < least_memory)
        return complain(
            "{} VMs need {} MiB each at least, {} MiB of this machine's memory are free", sharing,
            least_memory / mib, (host_.memory - fixed) / mib);
    for (VmPlan& vm : plans_.vms)
        if (vm.memory == 0)
            vm.memory =
                std::min(share, vm.source == BootSource::builtin ? builtin_memory : default_memory);
}

void Planner::check_raw(const VmPlan& vm) {
    if (vm.source != BootSource::raw || vm.memory == 0)
        return;
    const u64 size = modules_[vm.module].size;
    const u64 start = vm.at.value();
    constexpr u64 conventional_end = 0xa'0000;
    const bool low = start < conventional_end && size <= conventional_end - start;
    const bool high = start >= mib && start < vm.memory && size <= vm.memory - start;
    if (!low && !high)
        complain("module {} \"{}\": {} bytes at 0x{x} do not fit into the memory of VM {}",
                 vm.module + 1, label(vm.module), size, start, vm.name.view());
}

void Planner::place_cpus() {
    unsigned needed = 0;
    for (VmPlan& vm : plans_.vms) {
        if (vm.cpus > 1)
            complain("VM {}: cpus={} is not in this build, a VM has one CPU", vm.name.view(),
                     vm.cpus);
        vm.first_cpu = needed;
        needed += vm.cpus;
    }
    if (needed > host_.cpus)
        complain("{} VMs need {} CPUs, this machine has {}", plans_.vms.size(), needed, host_.cpus);
}

} // namespace

void plan_vms(std::span<const Module> modules, const BootOptions& options,
              const HostResources& host, VmPlans& plans, ProblemSink& problems) {
    plans.vms.clear();
    plans.problems = 0;
    Planner{modules, options, host, plans, problems}.run();
}

std::string_view boots_kind(const VmPlan& vm, std::span<const Module> modules) {
    return vm.source == BootSource::builtin ? "built-in guest" : name_of(modules[vm.module].kind);
}

std::string_view boots_module(const VmPlan& vm, std::span<const Module> modules) {
    return vm.source == BootSource::builtin ? "" : base_name(modules[vm.module].options.path);
}

} // namespace vestige::config
