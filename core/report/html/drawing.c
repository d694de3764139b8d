/* SPDX-License-Identifier: MIT */
#include "drawing.h"

#include "bytes.h"

void capan_drawing_html(struct capan_out *out, struct capan_span span) {
    static const struct {
        char octet;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    for (size_t start = 0, i = 0; i <= span.len; i++) {
        size_t which = sizeof entities / sizeof *entities;
        for (size_t j = 0; i < span.len && j < sizeof entities / sizeof *entities; j++)
            if (span.at[i] == (uint8_t)entities[j].octet) which = j;
        if (i < span.len && which == sizeof entities / sizeof *entities) continue;
        capan_out_printable(out, span_cut(span, start, i - start), 0);
        if (i < span.len) out_text(out, entities[which].entity);
        start = i + 1;
    }
}

const char *capan_drawing_class(uint8_t severity) {
    return capan_severity_name((enum capan_severity)severity);
}

int capan_drawing_position(const struct scale *scale, int64_t value) {
    double range = (double)scale->to - (double)scale->from;
    double share = range > 0 ? ((double)value - (double)scale->from) / range : 0;
    return scale->left + (int)((share < 0 ? 0 : share > 1 ? 1 : share) * scale->width);
}

void capan_drawing_bar(struct capan_out *out, const struct scale *scale, const char *class, int64_t from, int64_t to) {
    const int left = capan_drawing_position(scale, from), width = capan_drawing_position(scale, to) - left;
    capan_out_format(out, "<i class=\"%s\" style=\"left:%d.%02d%%;width:%d.%02d%%\"></i>", class, left / 100,
                     left % 100, width / 100, width % 100);
}
