// SPDX-License-Identifier: BSD-2-Clause
// A value or an error, by value. Reading the wrong one is a bug of ours and panics.
#pragma once

#include "vestige/base/panic.hpp"

#include <utility>
#include <variant>

namespace vestige {

/// Wraps an error on its way into a Result.
template <class E> struct Error {
    E value;
};
template <class E> Error(E) -> Error<E>;

/// The success value of operations that only can fail.
struct Unit {
    constexpr bool operator==(const Unit&) const = default;
};

/// Either a T or an E.
template <class T, class E> class [[nodiscard]] Result {
  public:
    constexpr Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    constexpr Result(Error<E> error) : state_{std::in_place_index<1>, std::move(error.value)} {}

    [[nodiscard]] constexpr bool ok() const { return state_.index() == 0; }
    explicit constexpr operator bool() const { return ok(); }

    [[nodiscard]] constexpr const T& value() const {
        if (!ok())
            panic("Result: value of an error read");
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] constexpr T& value() {
        if (!ok())
            panic("Result: value of an error read");
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] constexpr T value_or(T fallback) const {
        return ok() ? *std::get_if<0>(&state_) : std::move(fallback);
    }
    [[nodiscard]] constexpr const E& error() const {
        if (ok())
            panic("Result: error of a value read");
        return *std::get_if<1>(&state_);
    }

  private:
    std::variant<T, E> state_;
};

} // namespace vestige
