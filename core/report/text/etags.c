/* SPDX-License-Identifier: MIT */
/* Rows of entity tags. */
#include "cells.h"
#include "human.h"
#include "text.h"

static void say_check(struct sentence *sentence, uint8_t check, const char *what) {
    if (check == CAPAN_CHECK_UNKNOWN) return;
    capan_say(sentence, check == CAPAN_CHECK_EQUAL ? " (%s: the same)" : " (%s: another)", what);
}

static void say_reading(struct sentence *sentence, const struct capan_etag_reading *reading) {
    char text[CAPAN_HUMAN];
    if (reading->mtime_ns != CAPAN_NO_MTIME) {
        capan_say(sentence, "mtime %s", capan_human_date(text, reading->mtime_ns, false));
        say_check(sentence, reading->mtime_check, "Last-Modified");
    }
    if (reading->size_known) {
        capan_say(sentence, "%ssize %llu", sentence->len ? ", " : "", (unsigned long long)reading->size);
        say_check(sentence, reading->size_check, "length");
    }
    if (reading->inode_known)
        capan_say(sentence, "%sinode %llu", sentence->len ? ", " : "", (unsigned long long)reading->inode);
    if (reading->parts) capan_say(sentence, "%s%u parts", sentence->len ? ", " : "", reading->parts);
    if (reading->digest_check != CAPAN_CHECK_UNKNOWN) {
        capan_say(sentence, "%sdigest", sentence->len ? ", " : "");
        say_check(sentence, reading->digest_check, "content");
    }
    if (reading->coding.len) {
        capan_say(sentence, "%scoding ", sentence->len ? ", " : "");
        capan_say_octets(sentence, reading->coding, 16);
    }
}

void capan_text_etag_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_etag_row *etag = row->etag;
    struct capan_out *out = text->out;
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    capan_text_heading(text,
                       " first responses  generator                certainty  relation    nodes  entity tag, target");
    capan_cell_number(out, etag->first_frame, 6);
    capan_cell_number(out, etag->count, 10);
    out_text(out, "  ");
    capan_cell_left(out, capan_etag_generators[etag->reading.generator].token, 25);
    capan_cell_left(out, capan_certainties[etag->reading.certainty].token, 11);
    capan_cell_left(out, capan_etag_relations[etag->relation].token, 11);
    capan_cell_number(out, etag->nodes, 6);
    out_text(out, "  ");
    capan_out_printable(out, etag->tag, 44);
    out_text(out, "  ");
    capan_out_printable(out, etag->authority, 40);
    capan_out_printable(out, etag->target, 48);
    out_char(out, '\n');
    say_reading(&sentence, &etag->reading);
    if (sentence.len) capan_text_paragraph(out, 18, &sentence);
}
