// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/disassemble.hpp"

#include "zydis_mode.hpp"

#include <Zydis/Formatter.h>

#include <algorithm>

namespace vestige::cpu {
namespace {

CodeSize usual_code_size(Mode mode) {
    switch (mode) {
    case Mode::long64:
        return CodeSize::bits64;
    case Mode::protected32:
    case Mode::long_compatibility:
        return CodeSize::bits32;
    default:
        return CodeSize::bits16;
    }
}

} // namespace

unsigned disassemble(TextSink& out, std::span<const std::byte> code, Mode mode, u64 ip) {
    ZydisDecoder decoder;
    init_decoder(decoder, mode, usual_code_size(mode));
    ZydisDecodedInstruction decoded;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const std::size_t size = std::min<std::size_t>(code.size(), longest_instruction);
    if (ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.data(), size, &decoded, operands))) {
        ZydisFormatter formatter;
        ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
        // With padding Zydis cuts addresses to the width of the stack: "unreal" code, which uses
        // 32-bit addresses in 16-bit code, would be shown with wrong ones.
        ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE,
                                  ZYDIS_PADDING_DISABLED);
        char text[96];
        if (ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &decoded, operands,
                                                         decoded.operand_count_visible, text,
                                                         sizeof text, ip, nullptr))) {
            out.write(text);
            return decoded.length;
        }
    }
    print(out, "db 0x{02X}", code.empty() ? 0U : std::to_integer<unsigned>(code[0]));
    return 1;
}

} // namespace vestige::cpu
