// SPDX-License-Identifier: BSD-2-Clause
// Collects what the configuration parsers complain about.
#pragma once

#include "vestige/config/words.hpp"

#include <string>
#include <vector>

namespace vestige::config {

class ProblemList final : public ProblemSink {
  public:
    void problem(std::string_view sentence) override { sentences.emplace_back(sentence); }
    /// The only sentence, or a text that no test expects.
    [[nodiscard]] std::string only() const {
        return sentences.size() == 1 ? sentences.front()
                                     : "(" + std::to_string(sentences.size()) + " problems)";
    }

    std::vector<std::string> sentences;
};

} // namespace vestige::config
