// SPDX-License-Identifier: BSD-2-Clause
// The string behind a module: what kind of image it is and which VM it belongs to.
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/static_vector.hpp"
#include "vestige/config/trace_options.hpp"
#include "vestige/config/words.hpp"

namespace vestige::config {

/// automatic: by content, which only the disk layer can tell.
enum class ModuleKind : u8 { automatic, disk, floppy, cdrom, raw, rom, option_rom, config, symbols };

/// The word that names a kind ("disk", "floppy", ...).
[[nodiscard]] std::string_view name_of(ModuleKind kind);

/// boot=: a floppy, c hard disk, d CD-ROM, n what an option ROM boots, as a network card's does.
enum class BootDevice : u8 { floppy, hard_disk, cdrom, option_rom };
using BootOrder = StaticVector<BootDevice, 4>;

/// com1=: where the VM's COM1 goes.
enum class Com1Route : u8 { console, none, com2 };

/// keys=: the layout of the guest's keyboard.
enum class KeyLayout : u8 { us, de };

/// What the words of a module say. Values that are not given are absent, so that defaults and
/// vm.NAME.key=value can be told apart. Views point into the string.
struct ModuleOptions {
    ModuleKind kind = ModuleKind::automatic;
    std::string_view path; ///< as the loader passed it; may be empty
    std::string_view vm;
    std::optional<u8> unit;
    std::optional<bool> read_only;
    std::optional<u64> memory; ///< bytes
    std::optional<unsigned> cpus;
    std::optional<BootOrder> boot;
    std::optional<Gpa> at;
    std::optional<FarPtr> start;
    std::optional<Com1Route> com1;
    std::optional<KeyLayout> keys;
    std::optional<TraceOptions> trace;
};

/// Reads a module string: an optional file name, the kind (or nothing: auto), key=value words.
/// Returns the count of problems, each reported in one sentence.
unsigned parse_module(std::string_view text, ModuleOptions& module, ProblemSink& problems);

/// One row of the table of module keys.
struct ModuleKey {
    std::string_view name;
    std::string_view type;
    std::string_view about;
    bool (*parse)(ModuleOptions&, std::string_view value);
    bool whole_vm; ///< may also be set as vm.NAME.key
};
[[nodiscard]] std::span<const ModuleKey> module_keys();

/// Sets key to value, as parse_module does; word is what a report shows. False: reported.
bool set_module_key(std::string_view word, std::string_view key, std::string_view value,
                    ModuleOptions& module, bool whole_vm_only, ProblemSink& problems);

/// True for 1 to 15 letters, digits, '-' and '_'.
[[nodiscard]] bool is_vm_name(std::string_view name);

} // namespace vestige::config
