/* SPDX-License-Identifier: MIT */
/* What differs between two captures, a sentence each. */
#include "capan/diff.h"

#include "human.h"
#include "text.h"

static void say_share(struct sentence *sentence, const struct capan_diff_row *diff, enum capan_diff_side side) {
    const double share = 100 * (double)diff->count[side] / (double)diff->of[side];
    capan_say(sentence, "%llu of %llu (%.3g %%)", (unsigned long long)diff->count[side],
              (unsigned long long)diff->of[side], share);
}

static void say_median(struct sentence *sentence, const struct capan_diff_row *diff, enum capan_diff_side side) {
    char text[CAPAN_HUMAN];
    if (diff->measure == CAPAN_DIFF_SIZE)
        capan_human_bytes(text, (uint64_t)diff->median[side]);
    else
        capan_human_duration(text, CAPAN_DURATION_THREE_DIGITS, diff->median[side]);
    capan_say(sentence, "%s (median of %llu)", text, (unsigned long long)diff->of[side]);
}

static void say_side(struct sentence *sentence, const struct capan_diff_row *diff, enum capan_diff_side side) {
    if (diff->measure < CAPAN_DIFF_FIRST_QUANTITY)
        say_share(sentence, diff, side);
    else
        say_median(sentence, diff, side);
}

void capan_text_diff_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_diff_row *diff = row->diff;
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    const struct capan_token *measure = &capan_diff_measures[diff->measure];
    capan_say(&sentence, "%s%s", measure->token, *diff->name ? " " : "");
    sentence_text(&sentence, diff->name);
    capan_say(&sentence, " %s", capan_diff_changes[diff->change].token);
    if (*diff->at) {
        sentence_text(&sentence, " at ");
        sentence_text(&sentence, diff->at);
    }
    sentence_text(&sentence, ": before ");
    say_side(&sentence, diff, CAPAN_DIFF_BEFORE);
    sentence_text(&sentence, ", after ");
    say_side(&sentence, diff, CAPAN_DIFF_AFTER);
    capan_say(&sentence, "; %s", measure->sentence);
    if (diff->follows) {
        capan_say(&sentence, "; it may come of %s%s", capan_diff_measures[diff->cause].token,
                  *diff->cause_name ? " " : "");
        sentence_text(&sentence, diff->cause_name);
    }
    capan_text_paragraph(text->out, diff->follows ? 4 : 0, &sentence);
}
