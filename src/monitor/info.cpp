// SPDX-License-Identifier: BSD-2-Clause
// "info": the topics, and those that need no file of their own.
#include "info_functions.hpp"

namespace vestige::monitor {
namespace {

void show_vm(Context& context) {
    const vm::VmConfig& config = context.vm->config();
    context.say("vm {}: cpu {}, {} MiB, boot order {}{}", config.name.view(), config.cpu,
                config.memory_size / mib, config.boot_order.view(),
                config.boot_rom.empty() ? "" : ", a boot ROM of its own");
    context.say("{} ms since power-on; {}", context.vm->now() / 1'000'000,
                context.vm->end() != vm::End::running ? "ended"
                : context.vm->paused()                ? "stopped by the monitor"
                : context.vm->held()                  ? "held by the debugger"
                : context.vm->halted()                ? "halted, waits for an interrupt"
                                                      : "runs");
}

void show_host(Context& context) {
    context.session.machine().show_host(context.out);
}
void show_modules(Context& context) {
    context.session.machine().show_modules(context.out);
}
void show_log(Context& context) {
    context.session.machine().show_log(context.out, 40);
}

void show_vmcs(Context& context) {
    context.vm->cpu().print_state(context.out);
}
/// One address, or all of the VM's memory.
void show_ept(Context& context) {
    if (context.words.empty())
        return context.vm->space().print_mappings(context.out);
    const auto place = place_of(context, context.words.next());
    if (!place)
        return;
    if (place->physical)
        return context.vm->space().print_mapping(context.out, Gpa{place->address});
    const auto gpa = context.view().translate(Linear{place->address});
    if (!gpa)
        return context.say("the guest's page tables do not map {x}", place->address);
    context.vm->space().print_mapping(context.out, *gpa);
}

constexpr std::array topics{
    InfoTopic{"vm", "name, memory, time, state", Where::on_vm, show_vm},
    InfoTopic{"cpu", "mode, paging, A20, what is about to happen", Where::on_vm, show_cpu},
    InfoTopic{"regs", "general registers, flags, where it is", Where::on_vm, show_registers},
    InfoTopic{"sregs", "segment registers with their hidden parts, GDT, IDT", Where::on_vm,
              show_segments},
    InfoTopic{"cregs", "control and debug registers", Where::on_vm, show_control_registers},
    InfoTopic{"vmcs", "every VMX field that is not 0, by name", Where::on_vm, show_vmcs},
    InfoTopic{"ept", "the VM's memory in host memory; info ept ADDR shows one page", Where::on_vm,
              show_ept},
    InfoTopic{"stats", "exits, BIOS calls, interrupts, ports", Where::on_vm, show_statistics},
    InfoTopic{"ivt", "interrupt vectors that are not the BIOS's; info ivt 13 shows one",
              Where::on_vm, show_vectors},
    InfoTopic{"bda", "the BIOS data area, field by field", Where::on_vm, show_data_area},
    InfoTopic{"e820", "the memory map that the BIOS tells", Where::on_vm, show_memory_map},
    InfoTopic{"disks", "drives by their BIOS numbers", Where::on_vm, show_disks},
    InfoTopic{"pic", "interrupt controllers", Where::on_vm, show_pic},
    InfoTopic{"pit", "timer channels", Where::on_vm, show_pit},
    InfoTopic{"cmos", "clock and CMOS RAM", Where::on_vm, show_cmos},
    InfoTopic{"keyboard", "keyboard controller and the BIOS's buffer", Where::on_vm,
              show_keyboard},
    InfoTopic{"video", "video mode, cursor, CRTC", Where::on_vm, show_video},
    InfoTopic{"modules", "what the loader gave", Where::here, show_modules},
    InfoTopic{"log", "the last lines of the log", Where::here, show_log},
    InfoTopic{"host", "the machine below", Where::here, show_host},
};

/// A topic that needs the VM's CPU.
class TopicJob final : public vm::Job {
  public:
    TopicJob(const InfoTopic& topic, Context& context) : topic_{topic}, context_{context} {}
    void run(vm::Vm& vm) override {
        if (!vm.connected())
            return context_.say("vm {} has not started", vm.config().name.view());
        context_.vm = &vm;
        topic_.show(context_);
    }

  private:
    const InfoTopic& topic_;
    Context& context_;
};

} // namespace

std::span<const InfoTopic> info_topics() {
    return topics;
}

void info_command(Context& context) {
    if (context.words.empty()) {
        for (const InfoTopic& topic : topics)
            context.say("  {-10} {}", topic.name, topic.about);
        return;
    }
    PrefixSearch<InfoTopic> search{context.words.next()};
    for (const InfoTopic& each : topics)
        search.offer(each);
    const InfoTopic* const topic = search.result("topic of info", context.out);
    if (topic == nullptr)
        return;
    if (topic->where == Where::here)
        return topic->show(context);
    if (context.control == nullptr)
        return context.say("there is no VM");
    TopicJob job{*topic, context};
    if (!context.control->visit(job))
        context.say("the VM's CPU does not answer");
}

} // namespace vestige::monitor
