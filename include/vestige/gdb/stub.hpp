// SPDX-License-Identifier: BSD-2-Clause
// GDB's remote protocol, for the VMs as threads of one program. Everything stops when one of them
// stops, and goes on together. Belongs to the CPU that calls poll().
#pragma once

#include "vestige/gdb/packet.hpp"
#include "vestige/gdb/target_description.hpp"
#include "vestige/vm/guest_view.hpp"
#include "vestige/vm/vm.hpp"

namespace vestige::gdb {

/// The VMs that GDB may see, by number.
class Guests {
  public:
    [[nodiscard]] virtual std::size_t count() const = 0;
    /// Only what may be asked from any CPU.
    [[nodiscard]] virtual vm::Vm& machine(std::size_t number) = 0;
    /// Runs job on the VM's CPU while its guest does not run, and comes back when it is done; false
    /// when the VM's CPU does not answer or the VM has ended.
    [[nodiscard]] virtual bool visit(std::size_t number, vm::Job& job) = 0;
    /// Runs a line of the monitor's about a VM; any bytes are allowed.
    virtual void execute(std::size_t number, std::string_view line, TextSink& out) = 0;

  protected:
    ~Guests() = default;
};

/// The line to GDB.
class Line : public TextSink {
  public:
    [[nodiscard]] virtual std::optional<u8> read() = 0;

  protected:
    ~Line() = default;
};

class Stub {
  public:
    static constexpr std::size_t most_threads = 64;

    Stub(Line& line, Guests& guests) : line_{line}, guests_{guests} {}
    /// Before the VMs run. False when they are too many.
    [[nodiscard]] bool start();
    /// Reads what has come, answers, and reports stops. Never waits for GDB.
    void poll();
    /// All VMs have ended: GDB is told.
    void finish() { report_events(); }

  private:
    /// Notes on a VM's CPU that something has happened there.
    class Watcher final : public vm::DebugListener {
      public:
        void stopped(const vm::Stop& /*stop*/) override { changed_.store(true, release); }
        void ended(u8 /*status*/) override { changed_.store(true, release); }
        [[nodiscard]] bool take() { return changed_.exchange(false, std::memory_order_acquire); }

      private:
        static constexpr auto release = std::memory_order_release;
        std::atomic<bool> changed_{false};
    };
    enum class Motion : u8 { none, go_on, step };

    void byte(u8 byte);
    [[nodiscard]] bool is_repeated(std::string_view text);
    void packet(std::string_view text);
    void answer(std::string_view text);
    void answer_error(std::string_view why);
    void send() { send_packet(line_, reply_.view()); }

    // What packets ask for; true: reply_ holds the answer, false: it comes later or never.
    bool serve(PayloadReader in);
    bool serve_query(PayloadReader in);
    bool serve_v(PayloadReader in);
    bool serve_set(PayloadReader in);
    void supported();
    void description(PayloadReader in);
    void threads();
    void thread_info(PayloadReader in);
    void choose_thread(PayloadReader in);
    void is_alive(PayloadReader in);
    [[nodiscard]] bool command(PayloadReader in);
    void read_registers();
    void write_registers(PayloadReader in);
    void read_one(PayloadReader in);
    void write_one(PayloadReader in);
    void read_memory(PayloadReader in);
    void write_memory(PayloadReader in, bool binary);
    void point(PayloadReader in, bool insert);
    [[nodiscard]] const char* insert_everywhere(const vm::BreakSpec& spec);
    void remove_everywhere(const vm::BreakSpec& spec);
    bool resume(PayloadReader in, Motion motion);
    bool resume_by_actions(PayloadReader in);
    void set_all_going(std::span<const Motion> motions);
    void detach();
    void end_all();

    void attach();
    void stop_all(vm::StopCause cause);
    void report_events();
    void report_stop(std::size_t number);
    void write_stop(std::size_t number);
    [[nodiscard]] bool tell_architecture();
    void note_other_stops(std::size_t number);
    void show(std::string_view text);

    [[nodiscard]] bool alive(std::size_t number) const;
    [[nodiscard]] std::optional<std::size_t> thread_number(PayloadReader& in) const;
    /// Runs function(Vm&) on the VM's CPU.
    template <class Function> bool with(std::size_t number, Function function) {
        struct Visit final : vm::Job {
            explicit Visit(Function& what) : function{what} {}
            void run(vm::Vm& vm) override { function(vm); }
            Function& function;
        } visit{function};
        return alive(number) && guests_.visit(number, visit);
    }

    Line& line_;
    Guests& guests_;
    PacketReader reader_;
    Reply reply_;
    std::array<std::byte, longest_packet> data_{};
    std::array<Watcher, most_threads> watchers_{};
    std::array<bool, most_threads> unreported_{}; ///< stopped by itself when another one did
    u64 last_packet_ = 0; ///< what GDB may send again: nothing once it has seen our answer
    std::size_t count_ = 0;
    std::size_t thread_ = 0;  ///< that registers and memory are of
    std::size_t runner_ = 0;  ///< that c and s are about
    std::size_t stopped_ = 0; ///< that the last stop was in
    bool attached_ = false;
    bool running_ = false;
    bool interrupted_ = false; ///< the next stop is Ctrl-C's
    bool reports_kind_ = false; ///< GDB knows hwbreak
    bool takes_exec_ = false;   ///< GDB knows of programs that are replaced
    bool command_waits_ = false; ///< the answer to a monitor command that steps
    bool stop_waits_ = false;   ///< a stop that GDB has not been told
    Architecture architecture_ = Architecture::i8086; ///< that GDB has been told
};

} // namespace vestige::gdb
