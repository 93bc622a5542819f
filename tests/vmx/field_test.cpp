// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/fields.hpp"

#include "vestige/vmx/vmcs.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace vestige::vmx {
namespace {

TEST(Field, NamesAreSortedAndUnique) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < field_count; ++i) {
        if (i > 0) {
            EXPECT_LT(field_names[i - 1].encoding, field_names[i].encoding) << field_names[i].name;
        }
        EXPECT_TRUE(names.insert(field_names[i].name).second) << field_names[i].name;
        EXPECT_EQ(field_index(field_names[i].encoding), i);
    }
}

TEST(Field, WidthAndKindComeFromTheEncoding) {
    static_assert(decltype(field::guest_cs_selector)::width == FieldWidth::bits16);
    static_assert(decltype(field::ept_pointer)::width == FieldWidth::bits64);
    static_assert(decltype(field::entry_controls)::width == FieldWidth::bits32);
    static_assert(decltype(field::host_rip)::width == FieldWidth::natural);
    static_assert(decltype(field::exit_reason)::kind == FieldKind::read_only);
    static_assert(decltype(field::guest_rip)::kind == FieldKind::guest);
    static_assert(decltype(field::host_rip)::kind == FieldKind::host);
    static_assert(decltype(field::cr0_mask)::kind == FieldKind::control);
    EXPECT_STREQ(field_name(0x681e), "guest RIP");
    EXPECT_STREQ(field_name(0x681f), "unknown field");
}

template <class V, class F, class T>
concept Writable = requires(V vmcs, F field, T value) {
    vmcs.write(field, value);
};

TEST(Field, WrongWidthAndReadOnlyDoNotCompile) {
    using Length = decltype(field::entry_instruction_length);
    static_assert(Writable<VmcsImage, Length, u32>);
    static_assert(!Writable<VmcsImage, Length, int>);
    static_assert(!Writable<VmcsImage, Length, u64>);
    static_assert(!Writable<VmcsImage, Length, decltype(field::exit_instruction_length)>);
    static_assert(!Writable<VmcsImage, decltype(field::exit_reason), u32>);
}

TEST(Field, ImageKeepsWhatIsWrittenCutToWidth) {
    VmcsImage image;
    EXPECT_EQ(image.read(field::guest_rip), 0u);
    image.write(field::guest_rip, u64{0x123456789abcdef0});
    image.write(field::guest_cs_selector, u16{0xf000});
    image.write_any(field::guest_cs_limit.encoding, 0x1ffffffff);
    EXPECT_EQ(image.read(field::guest_rip), 0x123456789abcdef0u);
    EXPECT_EQ(image.read(field::guest_cs_selector), 0xf000);
    EXPECT_EQ(image.read(field::guest_cs_limit), 0xffffffffu);
}

} // namespace
} // namespace vestige::vmx
