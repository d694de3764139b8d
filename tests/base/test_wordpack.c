/* SPDX-License-Identifier: MIT */
/* What is unpacked is what was packed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wordpack.h"

enum { COUNT = 150, ROUNDS = 2000 };

static uint64_t state = 20260101;

static uint64_t next_number(void) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 20 ^ state << 30;
}

/* Of each kind that there is: nothing, all bits, any size, shortly before or after the moment. */
static uint64_t any_word(uint64_t last) {
    const uint64_t number = next_number() >> next_number() % 64;
    switch (next_number() % 6) {
    case 0: return 0;
    case 1: return UINT64_MAX;
    case 2: return last - (number & UINT32_MAX);
    case 3: return last + (number & UINT32_MAX);
    case 4: return last;
    default: return number;
    }
}

static void words_come_back(void **unused) {
    static uint8_t packed[CAPAN_WORDS_ROOM(COUNT)];
    uint64_t words[COUNT], again[COUNT];
    (void)unused;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint64_t last = any_word(next_number());
        const size_t count = next_number() % (COUNT + 1);
        for (size_t i = 0; i < count; i++) words[i] = any_word(last);
        const uint8_t *end = capan_words_pack(packed, words, count, last);
        assert_in_range(end - packed, 0, CAPAN_WORDS_ROOM(count));
        assert_ptr_equal(capan_words_unpack(packed, again, count, last), end);
        assert_memory_equal(words, again, count * sizeof *words);
    }
}

static void zeros_take_four_bits(void **unused) {
    static const uint64_t words[COUNT];
    uint8_t packed[CAPAN_WORDS_ROOM(COUNT)];
    (void)unused;
    assert_int_equal(capan_words_pack(packed, words, COUNT, 1) - packed, (COUNT + 15) / 16 * CAPAN_WORD);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_come_back), cmocka_unit_test(zeros_take_four_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
