/* SPDX-License-Identifier: MIT */
#include "human.h"
#include "text.h"

enum { BAR = 40, LEAST_OF = 100 /* parts below one in so many are not named */ };

/* A letter for each part, in the bar. */
static const char letters[CAPAN_TIME_PART_COUNT] = {
    [CAPAN_TIME_HANDSHAKE] = 'h',  [CAPAN_TIME_RWND_LIMITED] = 'w', [CAPAN_TIME_CWND_LIMITED] = 'c',
    [CAPAN_TIME_SLOW_START] = 's', [CAPAN_TIME_RECOVERY] = 'r',     [CAPAN_TIME_RTO_WAIT] = 't',
    [CAPAN_TIME_NAGLE] = 'n',      [CAPAN_TIME_PATH] = 'p',         [CAPAN_TIME_APP_LIMITED] = 'a',
    [CAPAN_TIME_IDLE] = '.',       [CAPAN_TIME_CLOSING] = '-'};

/* Cell by cell what the sum of the parts up to there is made of: the ends of the parts are rounded, not their lengths.
 */
static void put_bar(struct capan_out *out, const struct capan_tcp_time *time, int64_t whole) {
    int64_t passed = 0;
    for (unsigned part = 0, cell = 0; part < CAPAN_TIME_PART_COUNT; part++) {
        passed += time->part_ns[part];
        for (; cell < BAR && (double)cell + 0.5 < (double)passed / (double)whole * BAR; cell++)
            out_char(out, letters[part]);
    }
}

static void name_parts(struct sentence *words, const struct capan_tcp_time *time, int64_t whole) {
    char duration[CAPAN_HUMAN];
    const char *between = "";
    for (unsigned part = 0; part < CAPAN_TIME_PART_COUNT; part++) {
        const int64_t took = time->part_ns[part];
        if (took <= whole / LEAST_OF) continue;
        capan_say(words, "%s%s %s (%c, %d %%)", between, capan_time_parts[part].token,
                  capan_human_duration(duration, CAPAN_DURATION_ROUGH, took), letters[part],
                  (int)((double)took / (double)whole * 100 + 0.5));
        between = ", ";
    }
}

void capan_text_time(struct capan_out *out, const char *who, const struct capan_tcp_time *time) {
    char text[CAPAN_PARAGRAPH];
    struct sentence words = sentence_in(text, sizeof text);
    int64_t whole = 0;
    for (unsigned part = 0; part < CAPAN_TIME_PART_COUNT; part++) whole += time->part_ns[part];
    if (whole == 0) return;
    capan_out_format(out, "    time of the %s: [", who);
    put_bar(out, time, whole);
    out_text(out, "]\n");
    name_parts(&words, time, whole);
    capan_text_paragraph(out, 6, &words);
}
