/* SPDX-License-Identifier: MIT */
/* Each fact and quantity of a proof has a formula, or is said to have none; formulas mean what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "capan/rules.h"
#include "formulas.h"
#include "quantities.h"
#include "verdict.h"

static void each_fact_and_quantity_has_its_row(void **state) {
    static const char *const facts[] = {
#define CAPAN_X(name, token, ...) token,
        CAPAN_TCP_FACTS(CAPAN_X) NULL, CAPAN_TOLD_FACTS(CAPAN_X)
#undef CAPAN_X
    };
    static const char *const quantities[] = {
#define CAPAN_X(name, token, ...) #token,
        CAPAN_TCP_QUANTITIES(CAPAN_X)
#undef CAPAN_X
            NULL,
#define CAPAN_X(name, ...) #name,
        CAPAN_TOLD_QUANTITIES(CAPAN_X)
#undef CAPAN_X
    };
    bool of_segment = true;
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (!facts[i])
            of_segment = false;
        else if (!capan_formula_of(of_segment, true, span_of(facts[i])))
            fail_msg("the fact %s has no row", facts[i]);
    of_segment = true;
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
        if (!quantities[i])
            of_segment = false;
        else if (!capan_formula_of(of_segment, false, span_of(quantities[i])))
            fail_msg("the quantity %s has no row", quantities[i]);
    assert_null(capan_formula_of(true, true, span_of("no-such")));
}

static enum reading read(const char *formula) {
    struct record records[] = {{.frame = 7, .seq = 10, .end = 20, .before = RECORD_NONE, .after = RECORD_NONE},
                               {.frame = 9, .seq = 20, .end = 25, .before = 0, .after = RECORD_NONE, .ip_id = 2}};
    struct recording recording = {.records = records, .count = 2};
    const struct capan_quantity quantities[] = {
        {"earlier", CAPAN_UNIT_FRAME, 7}, {"lost", CAPAN_UNIT_FRAME, 8}, {"since", CAPAN_UNIT_NS, 5}};
    const struct scene scene = {
        .recording = &recording, .self = &records[1], .it = 10, .quantities = quantities, .count = 3};
    return capan_formula_read(&scene, formula);
}

static void formulas_mean_what_they_say(void **state) {
    static const struct {
        const char *formula;
        enum reading reading;
    } rows[] = {
        {"it = this.seq - earlier.seq", READ_HOLDS},
        {"it = this.seq + earlier.seq", READ_FAILS},
        {"since < it & it <= 10 & it >= 10 & it != 11 & it > 9", READ_HOLDS},
        {"it / 3 = 3 & 20 - 10 - 5 = since", READ_HOLDS},
        {"this.seq", READ_HOLDS},
        {"this.ack", READ_FAILS},
        {"lost.seq = 1", READ_NOT},           /* no such frame */
        {"this.nothing = 0", READ_NOT},       /* no such field */
        {"nobody = 0", READ_NOT},             /* no such quantity */
        {"nobody = 0 | it = 10", READ_HOLDS}, /* what holds settles it */
        {"nobody = 0 & it = 11", READ_FAILS}, /* and what fails */
        {"nobody = 0 | it = 11", READ_NOT},
        {"it = 11 | it = 10 & since = 5", READ_HOLDS}, /* "&" binds more */
        {"(it = 11 | it = 10) & since = 6", READ_FAILS},
        {"has(since) & earlier.frame = 7", READ_HOLDS},
        {"has(nobody)", READ_FAILS},
        {"before16(65535, this.ip_id)", READ_HOLDS}, /* around the circle */
        {"before16(this.ip_id, 65535)", READ_FAILS},
        {"before32(4294967295, 1)", READ_HOLDS},
        {"asked.frame = 7", READ_NOT}, /* no head was found */
        {"", READ_NOT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (read(rows[i].formula) != rows[i].reading) fail_msg("%s", rows[i].formula);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fact_and_quantity_has_its_row),
        cmocka_unit_test(formulas_mean_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
