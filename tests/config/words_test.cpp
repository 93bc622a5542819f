// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/words.hpp"

#include "vestige/config/trace_options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vestige::config {
namespace {

std::vector<std::string> words(std::string_view text, bool comments = false) {
    std::vector<std::string> list;
    WordReader reader{text, comments};
    while (const auto word = reader.next())
        list.emplace_back(*word);
    return list;
}

std::string shown(std::string_view text) {
    char storage[2000];
    TextBuffer out{storage};
    const auto trace = parse_trace(text);
    if (!trace)
        return "(bad)";
    show(*trace, out);
    return std::string{out.view()};
}

TEST(Words, AreCutAtBlanks) {
    EXPECT_EQ(words("  a b=c\td\r\ne "), (std::vector<std::string>{"a", "b=c", "d", "e"}));
    EXPECT_TRUE(words(" \n").empty());
}

TEST(Words, QuotesKeepBlanks) {
    EXPECT_EQ(words("\"a b\" c=\"d e\""), (std::vector<std::string>{"a b", "c=\"d e\""}));
    EXPECT_EQ(*split_assignment("c=\"d e\"").value, "d e");
    EXPECT_EQ(words("\"open end"), (std::vector<std::string>{"\"open end"}));
}

TEST(Words, CommentsOnlyWhereAllowed) {
    EXPECT_EQ(words("a # b\nc#d", true), (std::vector<std::string>{"a", "c#d"}));
    EXPECT_EQ(words("a # b"), (std::vector<std::string>{"a", "#", "b"}));
}

TEST(Words, AssignmentIsCutAtTheFirstSign) {
    EXPECT_EQ(split_assignment("a=b=c").name, "a");
    EXPECT_EQ(*split_assignment("a=b=c").value, "b=c");
    EXPECT_FALSE(split_assignment("a").value.has_value());
    EXPECT_EQ(*split_assignment("a=").value, "");
}

TEST(Numbers, BasesAndOverflow) {
    EXPECT_EQ(parse_number("42"), 42U);
    EXPECT_EQ(parse_number("0x2A"), 42U);
    EXPECT_EQ(parse_number("2ah"), 42U);
    EXPECT_EQ(parse_number("18446744073709551615"), ~u64{0});
    EXPECT_FALSE(parse_number("18446744073709551616"));
    EXPECT_FALSE(parse_number("0x10000000000000000"));
    EXPECT_FALSE(parse_number(""));
    EXPECT_FALSE(parse_number("0x"));
    EXPECT_FALSE(parse_number("h"));
    EXPECT_FALSE(parse_number("12a"));
    EXPECT_FALSE(parse_number("-1"));
}

TEST(Numbers, Sizes) {
    EXPECT_EQ(parse_size("64M"), 64U << 20);
    EXPECT_EQ(parse_size("4k"), 4096U);
    EXPECT_EQ(parse_size("0x10G"), u64{16} << 30);
    EXPECT_EQ(parse_size("512"), 512U);
    EXPECT_FALSE(parse_size("M"));
    EXPECT_FALSE(parse_size("99999999999999999G"));
}

TEST(Lists, EmptyItemsAreSeen) {
    ListReader list{"a,,b"};
    EXPECT_EQ(*list.next(), "a");
    EXPECT_EQ(*list.next(), "");
    EXPECT_EQ(*list.next(), "b");
    EXPECT_FALSE(list.next());
}

TEST(NearestWord, FindsSlipsAndNothingElse) {
    EXPECT_EQ(edit_distance("screen", "scren"), 1U);
    EXPECT_EQ(edit_distance("trace", "trcae"), 1U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    NearestWord slip{"loglevle"};
    slip.offer("log-time");
    slip.offer("loglevel");
    EXPECT_EQ(slip.best(), "loglevel");
    NearestWord other{"quiet"};
    other.offer("gdb");
    EXPECT_EQ(other.best(), "");
}

TEST(Trace, AllKindsAndLists) {
    EXPECT_EQ(shown("int:10,13,15"), "int:10,13,15");
    EXPECT_EQ(shown("int"), "int");
    EXPECT_EQ(shown("io:60-64,70,exit"), "exit,io:60-64,70");
    EXPECT_EQ(shown("io,mmio,insn"), "io,mmio,insn");
    EXPECT_EQ(shown("int,off"), "off");
    EXPECT_EQ(shown("int:13,io:3f8,int:10"), "int:10,13,io:3f8");
    for (const char* bad : {"int:100", "io:64-60", "io:10000", "13", "", "int:", "foo", "exit,5"})
        EXPECT_EQ(shown(bad), "(bad)") << bad;
}

TEST(Trace, AnswersForVectorsAndPorts) {
    const TraceOptions trace = *parse_trace("int:13,ff,io:60-64");
    EXPECT_TRUE(trace.traces_interrupt({0x13}));
    EXPECT_TRUE(trace.traces_interrupt({0xff}));
    EXPECT_FALSE(trace.traces_interrupt({0x10}));
    EXPECT_TRUE(trace.traces_port({0x60}) && trace.traces_port({0x64}));
    EXPECT_FALSE(trace.traces_port({0x5f}) || trace.traces_port({0x65}));
}

} // namespace
} // namespace vestige::config
