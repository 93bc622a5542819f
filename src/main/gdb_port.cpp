// SPDX-License-Identifier: BSD-2-Clause
#include "gdb_port.hpp"

#include "hypervisor_memory.hpp"
#include "serial_route.hpp"

#include "vestige/base/log.hpp"
#include "vestige/gdb/stub.hpp"
#include "vestige/host/uart.hpp"
#include "vestige/monitor/session.hpp"

namespace vestige {
namespace {

class SerialLine final : public gdb::Line {
  public:
    void write(std::string_view text) override { uart.write(text); }
    std::optional<u8> read() override { return uart.read(); }
    host::Uart uart;
};

/// Those of the machine's VMs that gdb= is about.
class Guests final : public gdb::Guests {
  public:
    explicit Guests(monitor::Machine& machine) : machine_{machine}, session_{machine} {}
    void add(unsigned vm) { static_cast<void>(numbers_.push_back(vm)); }
    std::size_t count() const override { return numbers_.size(); }
    vm::Vm& machine(std::size_t number) override {
        return machine_.vm(numbers_[number]).machine();
    }
    bool visit(std::size_t number, vm::Job& job) override {
        return machine(number).connected() && machine_.vm(numbers_[number]).visit(job);
    }
    void execute(std::size_t number, std::string_view line, TextSink& out) override {
        session_.select(numbers_[number]);
        session_.execute(line, out);
    }

  private:
    monitor::Machine& machine_;
    monitor::Session session_;
    StaticVector<unsigned, config::most_vms> numbers_;
};

/// Everything that a GDB port consists of.
struct GdbPort {
    explicit GdbPort(monitor::Machine& machine) : guests{machine} {}
    SerialLine line;
    Guests guests;
    gdb::Stub stub{line, guests};
};

constinit GdbPort* gdb_port = nullptr;

} // namespace

bool gdb_sees(const config::GdbOptions& options, std::string_view vm) {
    return options.port != config::GdbOptions::Port::off &&
           (options.vm.empty() || options.vm == vm);
}

void open_gdb_port(const config::BootOptions& options, monitor::Machine& machine) {
    using Choice = config::GdbOptions::Port;
    if (options.gdb.port == Choice::off)
        return;
    const bool first = options.gdb.port == Choice::com1;
    GdbPort& port = *make<GdbPort>(machine);
    for (unsigned i = 0; i < machine.vm_count(); ++i)
        if (gdb_sees(options.gdb, machine.vm(i).machine().config().name.view()))
            port.guests.add(i);
    if (port.guests.count() == 0)
        return log(LogArea::host, LogLevel::error, "gdb: there is no VM \"{}\"", options.gdb.vm);
    if (!port.line.uart.open(uart_settings(first ? options.com1 : options.com2)))
        return log(LogArea::host, LogLevel::error, "gdb: this machine has no {}",
                   first ? "com1" : "com2");
    if (!port.stub.start())
        return log(LogArea::host, LogLevel::error, "gdb: too many VMs");
    gdb_port = &port;
    log(LogArea::host, LogLevel::info, "gdb: on {}{}", first ? "com1" : "com2",
        options.gdb.wait ? ", the VMs wait for it" : "");
}

void poll_gdb() {
    if (gdb_port == nullptr)
        return;
    gdb_port->stub.poll();
    gdb_port->line.uart.poll();
}

void finish_gdb() {
    if (gdb_port == nullptr)
        return;
    gdb_port->stub.finish();
    gdb_port->line.uart.drain();
}

} // namespace vestige
