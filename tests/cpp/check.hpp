// The checks: they are counted, and each that does not hold is told of.
#pragma once

#include "platform.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <sstream>
#include <string>
#include <type_traits>

inline int checks = 0;
inline int failures = 0;

inline void check(const char* file, int line, const char* what, bool holds, const std::string& expected,
                  const std::string& found) {
    ++checks;
    if (!holds) {
        ++failures;
        std::printf("%s:%d: %s: expected %s, found %s\n", file, line, what, expected.c_str(), found.c_str());
    }
}

template <class T> std::string shown(const T& value) {
    std::ostringstream text;
    if constexpr (std::is_same_v<T, HRESULT>) {
        text << "0x" << std::hex << std::setfill('0') << std::setw(8) << static_cast<ULONG>(value);
    } else {
        text << std::boolalpha << value;
    }
    return text.str();
}

// What is expected takes the type of what was found, so that a literal can be compared with any number.
template <class T>
void check_equal(const char* file, int line, const char* what, const std::common_type_t<T>& expected, const T& found) {
    check(file, line, what, expected == found, shown<T>(expected), shown<T>(found));
}

#define EXPECT(condition) check(__FILE__, __LINE__, #condition, (condition), "true", "false")
#define EXPECT_EQUAL(expected, found) check_equal(__FILE__, __LINE__, #found, expected, found)
#define EXPECT_ERROR(call) check_error(__FILE__, __LINE__, #call, call)

inline void check_error(const char* file, int line, const char* what, HRESULT hresult) {
    check(file, line, what, FAILED(hresult), "an error", shown(hresult));
}

// Room for answers. It begins as a pattern, so that it shows how far it was written to.
template <class T, std::size_t Count> class Room {
  public:
    Room() { std::memset(values, PATTERN, sizeof values); }

    operator T*() { return values; }

    // An address inside, at which no T may be written.
    T* misaligned() { return reinterpret_cast<T*>(reinterpret_cast<char*>(values) + 1); }

    // How many values there are up to the last one that was written.
    std::size_t written() const {
        std::size_t count = Count;
        while (count > 0 && is_pattern(values[count - 1])) {
            --count;
        }
        return count;
    }

  private:
    T values[Count];

    static constexpr unsigned char PATTERN = 0xa5;

    static bool is_pattern(const T& value) {
        T pattern;
        std::memset(&pattern, PATTERN, sizeof pattern);
        return std::memcmp(&value, &pattern, sizeof pattern) == 0;
    }
};

template <class Char> using Text = std::basic_string<Char>;

// The program's texts are ASCII, so every character is one of either width.
template <class Char> Text<Char> text(const std::string& ascii) {
    return Text<Char>(ascii.begin(), ascii.end());
}

template <class Char> std::string ascii(const Char* text) {
    const Text<Char> units(text);
    return std::string(units.begin(), units.end());
}
