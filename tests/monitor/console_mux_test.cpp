// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/console_mux.hpp"

#include "fake_terminal.hpp"

#include <memory>
#include <utility>

namespace vestige::monitor {
namespace {

struct Mux : testing::Test, Interpreter, CellDisplay {
    static constexpr machine::Nanoseconds millisecond = 1'000'000;

    void start(config::ScreenMode mode, config::ViewMode view = config::ViewMode::automatic) {
        options.screen = mode;
        options.view = view;
        mux = std::make_unique<ConsoleMux>(options, port, log, *this, this);
        ASSERT_TRUE(mux->add(*a));
        ASSERT_TRUE(mux->add(*b));
    }
    /// Polls every 10 ms for a time; what was sent.
    std::string run(unsigned milliseconds = 10) {
        for (unsigned i = 0; i < milliseconds; i += 10)
            mux->poll(now += 10 * millisecond);
        return port.take();
    }
    std::string finish() {
        for (unsigned i = 0; i < 100 && !mux->finish(now += 10 * millisecond); ++i) {
        }
        return port.take();
    }
    static void send(machine::CharacterSink& sink, std::string_view text) {
        for (const char c : text)
            ASSERT_TRUE(sink.try_write(static_cast<u8>(c)));
    }
    static std::string keys(VmConsole& console) {
        std::string text;
        while (const auto code = console.next_key())
            for (const u8 byte : code->span()) {
                char digits[4];
                std::snprintf(digits, sizeof digits, "%02x ", byte);
                text += digits;
            }
        return text;
    }
    static std::string com1_input(VmConsole& console) {
        std::string text;
        while (const auto byte = console.com1_in().try_read())
            text += static_cast<char>(*byte);
        return text;
    }

    void execute(std::string_view line, TextSink& out) override {
        events += std::to_string(chosen) + ":" + std::string{line} + " ";
        if (line == "quit")
            leaving = true;
        if (line == "info regs")
            out.write("eax=1\nebx=2\n");
        if (line == "wide")
            print(out, "{}\n", std::string(5000, 'w'));
        if (line == "long")
            for (unsigned i = 0; i < 3000; ++i)
                print(out, "line {}\n", i);
    }
    void complete(std::string_view line, TextSink& addition, TextSink& candidates) const override {
        if (line == "in")
            addition.write("fo ");
        else
            candidates.write("alpha beta\n");
    }
    unsigned vm() const override { return chosen; }
    void select(unsigned number) override { chosen = number; }
    std::string_view prompt() const override { return "a"; }
    bool take_leave() override { return std::exchange(leaving, false); }
    void show(const ScreenSnapshot& picture) override {
        shown_row = std::string{};
        for (const Cell cell : picture.row(0))
            shown_row += static_cast<char>(cell);
    }

    machine::Nanoseconds now = 1'000 * millisecond;
    config::BootOptions options;
    FakePort port;
    FakeScreen screen_a;
    FakeScreen screen_b;
    std::unique_ptr<VmConsole> a = std::make_unique<VmConsole>("a", screen_a);
    std::unique_ptr<VmConsole> b = std::make_unique<VmConsole>("b", screen_b);
    LogQueue log;
    std::unique_ptr<ConsoleMux> mux;
    std::string events;
    std::string shown_row;
    unsigned chosen = 0;
    bool leaving = false;
};

TEST(VmConsole, KeepsTheNameOfAConfigThatIsGone) {
    std::string name = "short-lived";
    const FakeScreen screen;
    const auto console = std::make_unique<VmConsole>(name, screen);
    name.assign(name.size(), '?');
    EXPECT_EQ(console->name(), "short-lived");
}

TEST_F(Mux, QuietScreensAreLookedAtLessOften) {
    start(config::ScreenMode::lines);
    static_cast<void>(run(2'000));
    screen_a.looks = 0;
    static_cast<void>(run(1'000));
    EXPECT_LE(screen_a.looks, 11U);
    port.type("x");
    screen_a.looks = 0;
    static_cast<void>(run(500));
    EXPECT_GE(screen_a.looks, 20U);
    static_cast<void>(run(2'000));
    screen_a.put(0, 0, "late");
    EXPECT_EQ(run(300), "late\r\n");
    screen_a.looks = 0;
    static_cast<void>(run(500));
    EXPECT_GE(screen_a.looks, 20U);
}

TEST_F(Mux, Com1PassesUnchanged) {
    start(config::ScreenMode::lines);
    send(a->com1_out(), "x\x1b[31m\x01\r\ny");
    EXPECT_EQ(run(), "x\x1b[31m\x01\r\ny");
}

TEST_F(Mux, OwnLinesStartOnAFreshLine) {
    start(config::ScreenMode::lines);
    send(a->com1_out(), "boot: ");
    log.line(LogLevel::info, "hello");
    EXPECT_EQ(run(), "boot: \r\nvestige: hello\r\n");
    send(a->com1_out(), "x");
    EXPECT_EQ(run(), "x");
}

TEST_F(Mux, ScreenRowsAndCom1TakeTurnsInLinesMode) {
    start(config::ScreenMode::lines);
    screen_a.put(0, 0, "SYSLINUX");
    EXPECT_EQ(run(200), "SYSLINUX\r\n");
    send(a->com1_out(), "on com1");
    screen_a.put(1, 0, "on screen");
    EXPECT_EQ(run(300), "on com1"); // COM1 is in the middle of a line
    EXPECT_EQ(run(400), "\r\non screen\r\n");
    EXPECT_EQ(shown_row.substr(0, 8), "SYSLINUX");
}

TEST_F(Mux, FastScrollingIsPrintedInFull) {
    start(config::ScreenMode::lines);
    std::string expected;
    std::string seen;
    for (unsigned i = 0; i < 200; ++i) {
        if (i >= 25) {
            a->row_scrolled_off(screen_a.row_cells(0));
            screen_a.scroll();
        }
        screen_a.set_row(std::min(i, 24U), "row " + std::to_string(i));
        expected += "row " + std::to_string(i) + "\r\n";
        if (i % 50 == 49)
            seen += run(20);
    }
    EXPECT_EQ(seen + run(200), expected);
}

TEST_F(Mux, RowsBeyondTheRingAreReported) {
    start(config::ScreenMode::lines);
    for (unsigned i = 0; i < 70; ++i)
        a->row_scrolled_off(screen_a.row_cells(0));
    EXPECT_EQ(run(), "vestige: vm a: 6 rows scrolled away faster than they could be shown\r\n");
}

TEST_F(Mux, AnsiViewFollowsWhatTheGuestWroteTo) {
    start(config::ScreenMode::ansi);
    FakeTerminal terminal{100, 40};
    screen_a.put(3, 0, "screen text");
    terminal.feed(run(20));
    EXPECT_EQ(terminal.row(3), "screen text");
    send(a->com1_out(), "serial text");
    terminal.feed(run(20));
    EXPECT_EQ(terminal.row(39), "serial text");
    screen_a.put(4, 0, "more");
    EXPECT_EQ(run(300), ""); // not while COM1 was just active
    terminal.feed(run(400));
    EXPECT_EQ(terminal.row(3), "screen text");
    EXPECT_EQ(terminal.row(4), "more");
    EXPECT_FALSE(terminal.holds("serial text"));
}

TEST_F(Mux, AnsiKeepsOwnLinesOutOfThePicture) {
    start(config::ScreenMode::ansi);
    FakeTerminal terminal{100, 40};
    screen_a.put(0, 0, "guest");
    terminal.feed(run(20));
    log.line(LogLevel::info, "hello");
    log.line(LogLevel::info, "again");
    terminal.feed(run(20));
    screen_a.put(1, 0, "changes");
    terminal.feed(run(20));
    EXPECT_EQ(terminal.row(0), "guest");
    EXPECT_EQ(terminal.row(1), "");
    EXPECT_TRUE(terminal.holds("vestige: hello") && terminal.holds("vestige: again"));
    terminal.feed(run(1000));
    EXPECT_EQ(terminal.row(0), "guest");
    EXPECT_EQ(terminal.row(1), "changes");
    EXPECT_TRUE(terminal.holds("vestige: hello"));
}

TEST_F(Mux, NothingChangedSendsNothing) {
    start(config::ScreenMode::ansi);
    screen_a.put(0, 0, "guest");
    run(100);
    EXPECT_EQ(run(1000), "");
}

TEST_F(Mux, ViewCanBeFixed) {
    start(config::ScreenMode::lines, config::ViewMode::screen);
    send(a->com1_out(), "com1");
    screen_a.put(0, 0, "screen");
    EXPECT_EQ(run(200), "screen\r\n");
    mux = nullptr;
    start(config::ScreenMode::lines, config::ViewMode::com1);
    send(a->com1_out(), "com1");
    screen_a.put(1, 0, "more");
    EXPECT_EQ(run(200), "com1");
}

TEST_F(Mux, ScreenOffStillFeedsTheDisplay) {
    start(config::ScreenMode::off);
    screen_a.put(0, 0, "guest");
    EXPECT_EQ(run(200), "");
    EXPECT_EQ(shown_row.substr(0, 5), "guest");
}

TEST_F(Mux, KeysGoToTheFocusedVmAndToCom1InView) {
    start(config::ScreenMode::lines);
    port.type("a");
    run();
    EXPECT_EQ(keys(*a), "1e 9e ");
    EXPECT_EQ(com1_input(*a), "");
    send(a->com1_out(), "> ");
    run();
    port.type("b\x1b[A");
    run(20);
    EXPECT_EQ(keys(*a), "30 b0 e0 48 e0 c8 ");
    EXPECT_EQ(com1_input(*a), "b\x1b[A");
    EXPECT_EQ(keys(*b), "");
}

TEST_F(Mux, FocusSwitchReplaysTheOtherVm) {
    start(config::ScreenMode::lines);
    send(b->com1_out(), "from b");
    run();
    port.type("\x1e"
              "1x");
    EXPECT_EQ(run(), "vestige: console of vm b\r\nfrom b");
    EXPECT_EQ(mux->focused(), 1U);
    EXPECT_EQ(keys(*b), "2d ad ");
    EXPECT_EQ(com1_input(*b), "x");
    screen_a.put(0, 0, "a's screen");
    port.type("\x1e"
              "0");
    EXPECT_EQ(run(200), "\r\nvestige: console of vm a\r\na's screen\r\n");
    port.type("\x1e"
              "5");
    EXPECT_EQ(run(), "vestige: there is no VM number 5\r\n");
    EXPECT_EQ(mux->focused(), 0U);
}

TEST_F(Mux, FocusedComOneIsHeldBackByASlowTerminal) {
    start(config::ScreenMode::lines);
    port.rate = 0;
    std::size_t taken = 0;
    for (unsigned i = 0; i < 100000; ++i) {
        if (!a->com1_out().try_write('x'))
            break;
        ++taken;
        if (i % 1000 == 0)
            mux->poll(now += millisecond);
    }
    EXPECT_LT(taken, 30000U);
    port.rate = ~std::size_t{0};
    EXPECT_EQ(run(100), std::string(taken, 'x'));
}

TEST_F(Mux, UnfocusedVmsNeverWait) {
    start(config::ScreenMode::lines);
    for (unsigned round = 0; round < 50; ++round) {
        send(b->com1_out(), std::string(1000, static_cast<char>('a' + round % 26)));
        EXPECT_EQ(run(), "");
    }
    port.type("\x1e"
              "1");
    const std::string replay = run();
    EXPECT_EQ(replay.size(),
              std::string{"vestige: console of vm b\r\n"}.size() + VmConsole::tail_capacity);
}

TEST_F(Mux, DebugPortBecomesLinesOfTheirVm) {
    start(config::ScreenMode::lines);
    send(b->debug_out(), "PASS one\r\nFAIL \x1b two\nrest");
    EXPECT_EQ(run(), "vestige: vm b e9: PASS one\r\nvestige: vm b e9: FAIL . two\r\n");
    EXPECT_EQ(finish(), "vestige: vm b e9: rest\r\n");
}

TEST_F(Mux, DebugFloodIsBounded) {
    start(config::ScreenMode::lines);
    for (unsigned i = 0; i < 2000; ++i)
        static_cast<void>(b->debug_out().try_write('x'));
    EXPECT_LT(run().size(), 400U);
}

TEST_F(Mux, Commands) {
    start(config::ScreenMode::lines);
    port.type("\x1e"
              "1\x1e"
              "d");
    EXPECT_EQ(run(), "vestige: console of vm b\r\neax=1\r\nebx=2\r\n");
    port.type("\x1ep\x1er\x1es\x1et\x1ev\x1eS\x1ex");
    EXPECT_EQ(run(), "vestige: ended from the console\r\n");
    EXPECT_EQ(events, "1:info regs 1:pause 1:reset 1:stats 1:trace toggle 1:info vmcs 1:screen "
                      "1:quit all ");
    port.type("\x1eq");
    EXPECT_EQ(run(), "vestige: Ctrl-^ q is no command, Ctrl-^ h lists them\r\n");
    port.type("\x1eh");
    const std::string help = run();
    EXPECT_NE(help.find("vestige:   x    end everything\r\n"), std::string::npos);
    EXPECT_NE(help.find("vestige:   VM 1 is b, shown here\r\n"), std::string::npos);
    EXPECT_EQ(keys(*b), "");
}

TEST_F(Mux, MonitorTakesWhatIsTypedAndShowsAnswers) {
    start(config::ScreenMode::lines);
    screen_a.put(0, 0, "guest");
    port.type("\x1em");
    EXPECT_EQ(run(), "vestige: monitor; help lists the commands, quit goes back to the VM\r\n(a) ");
    port.type("info regs\r");
    EXPECT_EQ(run(), "info regs\r\neax=1\r\nebx=2\r\n(a) ");
    // Lines of Vestige's own come on a line of their own, and the prompt again with what was typed.
    port.type("xy");
    EXPECT_EQ(run(), "xy");
    log.line(LogLevel::info, "hello");
    EXPECT_EQ(run(), "\r\nvestige: hello\r\n(a) xy");
    port.type("\x15quit\r");
    EXPECT_NE(run(300).find("vestige: console of vm a\r\nguest\r\n"), std::string::npos);
    EXPECT_EQ(events, "0:vm 0:info regs 0:quit ");
    EXPECT_EQ(keys(*a), "");
    port.type("k");
    run();
    EXPECT_EQ(keys(*a), "25 a5 ");
}

TEST_F(Mux, MonitorCompletes) {
    start(config::ScreenMode::lines);
    port.type("\x1em");
    run();
    port.type("in\t");
    EXPECT_EQ(run(), "info ");
    port.type("a\t");
    EXPECT_EQ(run(), "a\r\nalpha beta\r\n(a) info a");
}

TEST_F(Mux, WideLineStaysOneLineAmongLogLines) {
    start(config::ScreenMode::lines);
    port.rate = 100;
    mux->open_monitor(0);
    static_cast<void>(run(200));
    port.type("wide\r");
    std::string text;
    for (unsigned i = 0; i < 100; ++i) {
        log.line(LogLevel::info, "meanwhile");
        text += run();
    }
    EXPECT_NE(text.find(std::string(5000, 'w') + "\r\n"), std::string::npos) << text;
}

TEST_F(Mux, LongAnswersWaitForTheLine) {
    start(config::ScreenMode::lines);
    port.type("\x1em");
    run();
    port.rate = 500;
    port.type("long\rnext\r");
    std::string all;
    for (unsigned i = 0; i < 300; ++i)
        all += run();
    for (unsigned i = 0; i < 3000; ++i)
        ASSERT_NE(all.find("line " + std::to_string(i) + "\r\n"), std::string::npos) << i;
    EXPECT_EQ(events, "0:vm 0:long 0:next ");
}

TEST_F(Mux, ScreenStaysAwayFromTheMonitor) {
    start(config::ScreenMode::ansi);
    screen_a.put(0, 0, "before");
    EXPECT_NE(run(50).find("before"), std::string::npos);
    port.type("\x1em");
    run(50);
    screen_a.put(1, 0, "meanwhile");
    EXPECT_EQ(run(50).find("meanwhile"), std::string::npos);
    port.type("\x1em");
    EXPECT_NE(run(2000).find("meanwhile"), std::string::npos);
}

TEST_F(Mux, PastedTextWaitsForTheVm) {
    start(config::ScreenMode::lines);
    port.type(std::string(2000, 'a'));
    std::string all;
    for (unsigned i = 0; i < 100; ++i) {
        run(50);
        all += keys(*a);
    }
    EXPECT_EQ(all.size(), 2000 * std::string{"1e 9e "}.size());
}

TEST_F(Mux, CommandsGetThroughToADeafVm) {
    start(config::ScreenMode::lines);
    port.type(std::string(2000, 'A') + "\x1ex");
    run(5000);
    EXPECT_EQ(events, "0:quit all ");
    // Whatever was dropped, no key is left down.
    bool down[128]{};
    while (const auto code = a->next_key())
        down[code->bytes[0] & 0x7f] = code->bytes[0] < 0x80;
    EXPECT_FALSE(down[0x1e] || down[0x2a]);
}

TEST_F(Mux, MachinesKeyboard) {
    start(config::ScreenMode::lines);
    for (const u8 byte : {0x1e, 0x9e, 0xe0, 0x48})
        mux->keyboard_byte(byte);
    EXPECT_EQ(keys(*a), "1e 9e e0 48 ");
    for (const u8 byte : {0x1d, 0x38, 0x3c, 0xbc})
        mux->keyboard_byte(byte);
    EXPECT_EQ(mux->focused(), 1U);
    EXPECT_EQ(keys(*a), "1d 38 9d b8 ");
}

TEST_F(Mux, RecordsEveryScreenWhetherInViewOrNot) {
    options.record = true;
    start(config::ScreenMode::off);
    screen_b.put(2, 0, "on b");
    const std::string all = run(50);
    EXPECT_NE(all.find("vestige: vm a screen 1.010 text 80x25\r\n"), std::string::npos) << all;
    EXPECT_NE(all.find("vestige: vm b screen 1.010 02| on b\r\n"), std::string::npos) << all;
    b->record(false);
    screen_b.put(2, 0, "more");
    EXPECT_EQ(run(50), "");
}

TEST_F(Mux, ARecordDoesNotDisturbThePicture) {
    start(config::ScreenMode::ansi);
    a->record(true);
    screen_a.put(1, 0, "shown");
    const std::string all = run(100);
    EXPECT_NE(all.find("\x1b_vestige: vm a screen 1.010 01| shown\x1b\\"), std::string::npos) << all;
}

TEST_F(Mux, MonitorOnTheMachinesKeyboardAndScreen) {
    start(config::ScreenMode::ansi);
    const auto press = [this](std::initializer_list<int> codes) {
        for (const int code : codes) {
            mux->keyboard_byte(static_cast<u8>(code));
            mux->keyboard_byte(static_cast<u8>(code | 0x80));
        }
    };
    run(50);
    mux->keyboard_byte(0x1d); // Ctrl-6
    press({0x07});
    mux->keyboard_byte(0x9d);
    EXPECT_EQ(keys(*a), "1d 87 9d ");
    press({0x32}); // m
    run(50);
    EXPECT_EQ(shown_row.substr(0, 16), "vestige: monitor");
    press({0x17, 0x31, 0x21, 0x18, 0x39, 0x13, 0x12, 0x22, 0x1f, 0x1c}); // info regs
    run(50);
    EXPECT_EQ(events, "0:vm 0:info regs ");
    keys(*a);
    press({0x10, 0x16, 0x17, 0x14, 0x1c}); // quit
    screen_a.put(0, 0, "the guest again");
    run(1000);
    EXPECT_EQ(shown_row.substr(0, 15), "the guest again");
    keys(*a);
    press({0x1e});
    EXPECT_EQ(keys(*a), "1e 9e ");
}

TEST_F(Mux, ACommandFromTheMachinesKeyboardOpensTheMonitor) {
    start(config::ScreenMode::lines);
    for (const u8 code : {0x1d, 0x07, 0x87, 0x9d, 0x20, 0xa0})
        mux->keyboard_byte(code);
    run(50);
    EXPECT_EQ(events, "0:vm 0:info regs ");
    EXPECT_EQ(shown_row.substr(0, 16), "vestige: monitor");
}

TEST_F(Mux, WithoutMonitorTheKeyboardIsTheGuestsAlone) {
    options.monitor = config::MonitorInput::off;
    start(config::ScreenMode::lines);
    for (const u8 code : {0x1d, 0x07, 0x87, 0x9d})
        mux->keyboard_byte(code);
    EXPECT_EQ(keys(*a), "1d 07 87 9d ");
}

TEST_F(Mux, FinishShowsWhatHasNotRested) {
    start(config::ScreenMode::lines);
    screen_a.put(0, 0, "last words");
    run(20);
    log.line(LogLevel::info, "all VMs ended, exit status 0");
    EXPECT_EQ(finish(), "vestige: all VMs ended, exit status 0\r\nlast words\r\n");
}

TEST_F(Mux, NoVmAtAll) {
    mux = std::make_unique<ConsoleMux>(options, port, log, *this, nullptr);
    log.line(LogLevel::error, "cpu 0: VMX is missing");
    port.type("abc\x1ep");
    EXPECT_EQ(run(), "vestige: cpu 0: VMX is missing\r\n");
    EXPECT_EQ(events, "0:pause ");
}

} // namespace
} // namespace vestige::monitor
