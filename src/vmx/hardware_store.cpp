// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/hardware_store.hpp"

#include "vestige/base/format.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/vmx/field_names.hpp"

namespace vestige::vmx {

namespace {

/// panic() takes a plain string.
template <class... Arguments>
[[noreturn]] void panic_text(std::string_view format, const Arguments&... arguments) {
    char storage[120];
    TextBuffer buffer{std::span{storage}.first<sizeof storage - 1>()};
    print(buffer, format, arguments...);
    storage[buffer.view().size()] = '\0';
    panic(storage);
}

} // namespace

void vmcs_access_failed(u32 encoding, bool write) {
    panic_text("{} of VMCS field {04x} ({}) failed", write ? "VMWRITE" : "VMREAD", encoding,
               field_name(encoding));
}

void vmx_instruction_failed(const char* name) {
    panic_text("{} failed", name);
}

} // namespace vestige::vmx
