// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/exception_combining.hpp"

namespace vestige::cpu {

ExceptionClass exception_class(const Event& event) {
    if (event.type != EventType::hardware_exception)
        return ExceptionClass::benign;
    switch (event.vector.value) {
    case exception::de.value:
    case exception::ts.value:
    case exception::np.value:
    case exception::ss.value:
    case exception::gp.value:
        return ExceptionClass::contributory;
    case exception::pf.value:
        return ExceptionClass::page_fault;
    case exception::df.value:
        return ExceptionClass::double_fault;
    default:
        return ExceptionClass::benign;
    }
}

std::optional<Event> combine(const Event& first, const Event& second) {
    const ExceptionClass before = exception_class(first);
    const ExceptionClass after = exception_class(second);
    const bool severe =
        after == ExceptionClass::contributory || after == ExceptionClass::page_fault;
    if (before == ExceptionClass::double_fault && severe)
        return std::nullopt;
    const bool doubled =
        (before == ExceptionClass::contributory && after == ExceptionClass::contributory) ||
        (before == ExceptionClass::page_fault && severe);
    return doubled ? fault(exception::df, 0) : second;
}

} // namespace vestige::cpu
