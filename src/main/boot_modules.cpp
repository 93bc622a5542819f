// SPDX-License-Identifier: BSD-2-Clause
#include "boot_modules.hpp"

#include "hypervisor_memory.hpp"

#include "vestige/base/log.hpp"
#include "vestige/disk/image_kind.hpp"

#include <utility>

namespace vestige {
namespace {

using config::ModuleKind;
using disk::ImageKind;

constexpr std::array<std::pair<ImageKind, ModuleKind>, 5> kinds{{
    {ImageKind::floppy, ModuleKind::floppy},
    {ImageKind::disk, ModuleKind::disk},
    {ImageKind::cdrom, ModuleKind::cdrom},
    {ImageKind::rom, ModuleKind::rom},
    {ImageKind::raw, ModuleKind::raw},
}};

ModuleKind module_kind(ImageKind kind) {
    for (const auto& [image, module] : kinds)
        if (image == kind)
            return module;
    return ModuleKind::raw;
}

std::optional<ImageKind> image_kind(ModuleKind kind) {
    for (const auto& [image, module] : kinds)
        if (module == kind)
            return image;
    return {};
}

} // namespace

void Problems::problem(std::string_view sentence) {
    log(LogArea::host, LogLevel::error, "{}", sentence);
}

std::span<const std::byte> BootModules::bytes(std::size_t index) const {
    return bytes_at(boot_info_.modules[index].start, boot_info_.modules[index].size);
}

unsigned BootModules::read_one(std::size_t index, config::BootOptions& options) {
    Problems problems;
    config::Module& module = modules_[index];
    const std::string_view words = boot_info_.modules[index].words.view();
    unsigned bad = config::parse_module(words, module.options, problems);
    const auto image = bytes(index);
    module.size = image.size();
    module.kind = module.options.kind;
    if (module.kind == ModuleKind::automatic)
        module.kind = module_kind(disk::recognise(image));
    if (const auto kind = image_kind(module.kind))
        if (const auto fits = disk::check_image(*kind, image); !fits) {
            log(LogArea::host, LogLevel::error, "module \"{}\": {}", words, fits.error());
            ++bad;
        }
    if (module.kind == ModuleKind::config && !image.empty())
        bad += config::parse_config_file(
            {reinterpret_cast<const char*>(image.data()), image.size()}, options, problems);
    return bad;
}

unsigned BootModules::read(config::BootOptions& options) {
    unsigned bad = 0;
    for (; count_ < boot_info_.modules.size(); ++count_)
        bad += read_one(count_, options);
    if (boot_info_.modules_dropped != 0) {
        log(LogArea::host, LogLevel::error, "{} modules more than the {} that are possible",
            boot_info_.modules_dropped, boot_info_.modules.size());
        ++bad;
    }
    return bad;
}

} // namespace vestige
