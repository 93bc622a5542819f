// SPDX-License-Identifier: BSD-2-Clause
// The loader's modules: their words read, their contents recognised and checked.
#pragma once

#include "vestige/config/vm_plan.hpp"
#include "vestige/host/boot_info.hpp"

namespace vestige {

/// Complaints about the configuration, in the log.
class Problems final : public config::ProblemSink {
  public:
    void problem(std::string_view sentence) override;
};

class BootModules {
  public:
    constexpr explicit BootModules(const host::BootInfo& boot_info) : boot_info_{boot_info} {}

    /// Reads every module, config modules into options; the count of problems, each reported.
    [[nodiscard]] unsigned read(config::BootOptions& options);
    [[nodiscard]] std::span<const config::Module> all() const { return {modules_.data(), count_}; }
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t index) const;
    /// What the loader's configuration says about the module.
    [[nodiscard]] std::string_view words(std::size_t index) const {
        return boot_info_.modules[index].words.view();
    }

  private:
    [[nodiscard]] unsigned read_one(std::size_t index, config::BootOptions& options);

    const host::BootInfo& boot_info_;
    std::array<config::Module, config::most_modules> modules_{};
    std::size_t count_ = 0;
};

} // namespace vestige
