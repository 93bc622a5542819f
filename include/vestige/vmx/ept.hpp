// SPDX-License-Identifier: BSD-2-Clause
// A VM's second-level translation on VMX.
#pragma once

#include "vestige/vmx/ept_table.hpp"

namespace vestige::vmx {

/// EPT tables plus the invalidation that makes changes effective. Changes are made while no vCPU
/// of the VM runs; flush() on every CPU that runs one.
class Ept final : public vcpu::AddressSpace {
  public:
    Ept(PageSource& pages, const Capabilities& capabilities);

    [[nodiscard]] bool map(Gpa start, Hpa host, u64 size, vcpu::Access access) override;
    void unmap(Gpa start, u64 size) override;
    [[nodiscard]] std::optional<Mapping> find(Gpa start) const override;
    void flush() override;
    void print_mapping(TextSink& out, Gpa address) const override;
    void print_mappings(TextSink& out) const override;

    /// For the EPTP field; nullopt when there is no page for the root.
    [[nodiscard]] std::optional<u64> pointer() { return table_.pointer(); }
    [[nodiscard]] const EptTable& table() const { return table_; }

  private:
    EptTable table_;
    bool single_context_;
};

} // namespace vestige::vmx
