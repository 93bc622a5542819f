// SPDX-License-Identifier: BSD-2-Clause
// Work for a VM that only its own CPU can do: another CPU posts it, the VM's does it between two
// exits, at the latest after 10 ms.
#pragma once

#include <atomic>

namespace vestige::vm {

class Vm;

/// Something to be done on a VM's CPU while its guest does not run.
class Job {
  public:
    /// On the VM's CPU; short, and without waiting for another CPU.
    virtual void run(Vm& vm) = 0;
    /// Runs the job and says so.
    void perform(Vm& vm) {
        run(vm);
        done_.store(true, std::memory_order_release);
    }
    /// What run() did can be seen by whoever asks.
    [[nodiscard]] bool done() const { return done_.load(std::memory_order_acquire); }

  protected:
    Job() = default;
    ~Job() = default;

  private:
    std::atomic<bool> done_{false};
};

/// Holds one job at a time.
class Mailbox {
  public:
    /// From any CPU. False while another job is waiting. job must live until it is done() or
    /// withdrawn, and is good for one time.
    [[nodiscard]] bool post(Job& job) {
        Job* none = nullptr;
        return waiting_.compare_exchange_strong(none, &job, std::memory_order_release);
    }
    /// Takes a job back that has not been begun; false when it is being done or is done.
    [[nodiscard]] bool withdraw(Job& job) {
        Job* mine = &job;
        return waiting_.compare_exchange_strong(mine, nullptr, std::memory_order_acquire);
    }
    /// On the VM's CPU: does what waits.
    void serve(Vm& vm) {
        if (waiting_.load(std::memory_order_relaxed) == nullptr)
            return;
        if (Job* const job = waiting_.exchange(nullptr, std::memory_order_acquire))
            job->perform(vm);
    }

  private:
    std::atomic<Job*> waiting_{nullptr};
};

} // namespace vestige::vm
