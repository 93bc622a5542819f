// SPDX-License-Identifier: BSD-2-Clause
// From modules to VMs: which VMs there are, with what memory, CPUs and disks.
#pragma once

#include "vestige/config/boot_options.hpp"
#include "vestige/config/module_options.hpp"

namespace vestige::config {

inline constexpr unsigned most_modules = 64;
inline constexpr unsigned most_vms = 64;
inline constexpr unsigned most_option_roms = 4; ///< per VM
inline constexpr unsigned most_disks = 8; ///< per VM, of all kinds together

/// One module as it was loaded. kind is never automatic: that has been sniffed by then.
struct Module {
    ModuleOptions options;
    ModuleKind kind = ModuleKind::raw;
    u64 size = 0; ///< bytes
};

/// A medium in a drive of a VM.
struct DiskPlan {
    u8 unit = 0; ///< INT 13h drive number: 00h-, 80h-, E0h-
    ModuleKind kind = ModuleKind::disk;
    unsigned module = 0; ///< index into the modules
    bool read_only = false;
};

/// What a VM starts with.
enum class BootSource : u8 { builtin, disks, raw, rom };

/// A VM to be made.
struct VmPlan {
    Text<16> name;
    u64 memory = 0; ///< bytes, whole MiB
    unsigned cpus = 1;
    unsigned first_cpu = 0; ///< index of the physical CPU that runs vCPU 0; the others follow
    BootSource source = BootSource::builtin;
    unsigned module = 0; ///< of the image that names the VM: raw, rom, or the first to boot of the others
    Gpa at{0x7c00};
    FarPtr start{0x0000, 0x7c00};
    StaticVector<DiskPlan, most_disks> disks;
    StaticVector<unsigned, most_option_roms> option_roms; ///< indices into the modules
    BootOrder boot;
    Com1Route com1 = Com1Route::console;
    KeyLayout keys = KeyLayout::us;
    TraceOptions trace;
};

/// The machine the VMs have to fit into.
struct HostResources {
    unsigned cpus = 1;
    u64 memory = 0; ///< bytes free for VMs
};

struct VmPlans {
    StaticVector<VmPlan, most_vms> vms;
    unsigned problems = 0;
};

/// Groups modules into VMs. `config` and `sym` modules are passed over. Without another module
/// every CPU gets the built-in guest. Each problem is reported in one sentence and counted; with
/// any, the plan is not what was asked for and must not be run.
void plan_vms(std::span<const Module> modules, const BootOptions& options,
              const HostResources& host, VmPlans& plans, ProblemSink& problems);

/// What the console line calls the VM's boot source: "raw", "rom", "disk", ..., "built-in guest".
[[nodiscard]] std::string_view boots_kind(const VmPlan& vm, std::span<const Module> modules);
/// The module's file name without folders; empty for the built-in guest or when not known.
[[nodiscard]] std::string_view boots_module(const VmPlan& vm, std::span<const Module> modules);

} // namespace vestige::config
