/* SPDX-License-Identifier: MIT */
#include "section.h"

#include <string.h>

#include "alloc.h"

static void append(struct capan_section *section, struct capan_span octets) {
    if (octets.len) memcpy(section->text + section->len, octets.at, octets.len);
    section->len += octets.len;
}

/* Text may still move: the spans have lengths alone so far. */
bool capan_section_line(void *context, struct capan_span name, struct capan_span value) {
    struct capan_section *section = context;
    void *text = section->text, *fields = section->fields;
    size_t len = section->len + name.len + value.len;
    bool roomy = capan_reserve(section->alloc, &text, &section->size, len + 1, 1) ==
                     CAPAN_OK && /* text is somewhere, if empty */
                 capan_reserve(section->alloc, &fields, &section->capacity, section->count + 1,
                               sizeof *section->fields) == CAPAN_OK;
    section->text = text;
    section->fields = fields;
    if (!roomy) return false;
    append(section, name);
    append(section, value);
    section->fields[section->count++] = (struct capan_http_field){{NULL, name.len}, {NULL, value.len}};
    return true;
}

const struct capan_http_field *capan_section_fields(struct capan_section *section) {
    const uint8_t *at = section->text;
    for (size_t i = 0; i < section->count; i++) {
        struct capan_http_field *field = &section->fields[i];
        field->name.at = at;
        field->value.at = at + field->name.len;
        at = field->value.at + field->value.len;
    }
    return section->fields;
}

void capan_section_free(struct capan_section *section) {
    capan_delete(section->alloc, section->text, section->size);
    capan_delete(section->alloc, section->fields, section->capacity * sizeof *section->fields);
}
