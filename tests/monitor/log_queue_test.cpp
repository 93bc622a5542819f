// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/log_queue.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <vector>

namespace vestige::monitor {
namespace {

struct Log : testing::Test {
    std::string pop() { return std::string{queue.pop(storage)}; }
    LogQueue queue;
    char storage[LogQueue::longest_line];
};

TEST_F(Log, LinesComeOutInOrderWithTheirPrefix) {
    queue.line(LogLevel::info, "one");
    queue.line(LogLevel::error, "two");
    EXPECT_EQ(pop(), "vestige: one");
    EXPECT_EQ(pop(), "vestige: two");
    EXPECT_EQ(pop(), "");
}

TEST_F(Log, ControlCharactersBecomeDots) {
    queue.line(LogLevel::info, "a\x1b[2J\nb\xff");
    EXPECT_EQ(pop(), "vestige: a.[2J.b.");
}

TEST_F(Log, TimeStamp) {
    struct Clock final : machine::Clock {
        [[nodiscard]] machine::Nanoseconds now() const override { return 12'003'456'789; }
    } clock;
    queue.stamp_with(clock);
    queue.line(LogLevel::info, "x");
    EXPECT_EQ(pop(), "vestige: [   12.003456] x");
}

TEST_F(Log, LongLinesAreCut) {
    queue.line(LogLevel::info, std::string(2000, 'x'));
    EXPECT_EQ(pop().size(), LogQueue::longest_line);
    EXPECT_EQ(pop(), "");
}

TEST_F(Log, FullQueueAsksForReliefOrCounts) {
    const std::string text(400, 'x');
    for (unsigned i = 0; i < 200; ++i)
        queue.line(LogLevel::info, text);
    const u32 dropped = queue.take_dropped();
    EXPECT_GT(dropped, 0U);
    EXPECT_EQ(queue.take_dropped(), 0U);
    unsigned kept = 0;
    while (!pop().empty())
        ++kept;
    EXPECT_EQ(kept + dropped, 200U);

    struct Relief final : LogRelief {
        explicit Relief(Log& test) : test{test} {}
        bool make_room() override {
            drained += test.pop().empty() ? 0 : 1;
            return true;
        }
        Log& test;
        unsigned drained = 0;
    } relief{*this};
    queue.set_relief(relief);
    for (unsigned i = 0; i < 200; ++i)
        queue.line(LogLevel::info, text);
    EXPECT_EQ(queue.take_dropped(), 0U);
    EXPECT_EQ(relief.drained, 200U - kept);
}

TEST_F(Log, LinesFromManyCpusAreNotTorn) {
    constexpr unsigned threads = 4;
    constexpr unsigned each = 200;
    std::vector<std::thread> writers;
    for (unsigned t = 0; t < threads; ++t)
        writers.emplace_back([this, t] {
            for (unsigned i = 0; i < each; ++i)
                queue.line(LogLevel::info, "cpu " + std::to_string(t) + " line");
        });
    std::map<std::string, unsigned> seen;
    unsigned total = 0;
    const auto drain = [&] {
        for (std::string line = pop(); !line.empty(); line = pop()) {
            ++seen[line];
            ++total;
        }
    };
    for (std::thread& writer : writers) {
        drain();
        writer.join();
    }
    drain();
    EXPECT_EQ(total + queue.take_dropped(), threads * each);
    EXPECT_LE(seen.size(), threads);
}

} // namespace
} // namespace vestige::monitor
