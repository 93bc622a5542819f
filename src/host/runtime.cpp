// SPDX-License-Identifier: BSD-2-Clause
// What the compiler and the standard headers expect to find at link time.
#include "vestige/base/panic.hpp"

#include <cstddef>

extern "C" {

void* memcpy(void* to, const void* from, std::size_t count) {
    void* const result = to;
    std::size_t words = count / 8;
    count %= 8;
    asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words)::"memory");
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
    return result;
}

void* memset(void* to, int value, std::size_t count) {
    void* const result = to;
    constexpr unsigned long each_byte = 0x0101010101010101;
    const unsigned long word = each_byte * static_cast<unsigned char>(value);
    std::size_t words = count / 8;
    count %= 8;
    asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(word) : "memory");
    asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(word) : "memory");
    return result;
}

void* memmove(void* to, const void* from, std::size_t count) {
    char* const target = static_cast<char*>(to);
    const char* const source = static_cast<const char*>(from);
    if (target <= source || target >= source + count)
        return memcpy(to, from, count);
    for (std::size_t i = count; i != 0; --i)
        target[i - 1] = source[i - 1];
    return to;
}

int memcmp(const void* a, const void* b, std::size_t count) {
    const unsigned char* const x = static_cast<const unsigned char*>(a);
    const unsigned char* const y = static_cast<const unsigned char*>(b);
    for (std::size_t i = 0; i < count; ++i)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void* memchr(const void* memory, int value, std::size_t count) {
    const unsigned char* const bytes = static_cast<const unsigned char*>(memory);
    for (std::size_t i = 0; i < count; ++i)
        if (bytes[i] == static_cast<unsigned char>(value))
            return const_cast<unsigned char*>(bytes + i);
    return nullptr;
}

std::size_t strlen(const char* text) {
    std::size_t length = 0;
    while (text[length] != '\0')
        ++length;
    return length;
}

[[noreturn]] void abort() { vestige::panic("abort called"); }
[[noreturn]] void __cxa_pure_virtual() { vestige::panic("pure virtual function called"); }

} // extern "C"

namespace std {

[[noreturn]] void __glibcxx_assert_fail(const char*, int, const char*, const char* condition) {
    vestige::panic(condition);
}

} // namespace std
