/* SPDX-License-Identifier: MIT */
#include "sentence.h"

#include <stdarg.h>
#include <stdio.h>

void capan_say_octets(struct sentence *sentence, struct capan_span octets, size_t most) {
    struct capan_span shown = span_cut(octets, 0, most);
    for (size_t i = 0; i < shown.len && !sentence_is_full(sentence); i++) {
        bool printable = shown.at[i] >= ' ' && shown.at[i] < 0x7f;
        sentence->at[sentence->len++] = printable ? (char)shown.at[i] : '?';
    }
    sentence->at[sentence->len] = 0;
    if (shown.len < octets.len) sentence_text(sentence, "...");
}

void capan_say_filled(struct sentence *sentence, const char *text, capan_name_writer *write, void *context) {
    for (const char *name, *end; (name = strchr(text, '{')) && (end = strchr(name, '}')); text = end + 1) {
        sentence_octets(sentence, text, (size_t)(name++ - text));
        write(sentence, name, (size_t)(end - name), context);
    }
    sentence_text(sentence, text);
}

void capan_say(struct sentence *sentence, const char *format, ...) {
    size_t room = sentence->capacity - sentence->len;
    va_list values;
    va_start(values, format);
    int len = vsnprintf(sentence->at + sentence->len, room, format, values);
    va_end(values);
    if (len > 0) sentence->len += min_size((size_t)len, room - 1);
}
