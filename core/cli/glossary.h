/* SPDX-License-Identifier: MIT */
/* What each word of a verdict means: the lists that also make the enums and the plugin's fields, under their titles. */
#ifndef GLOSSARY_H
#define GLOSSARY_H

#include "capan/capan.h"

/* One list of tokens. */
struct glossary_section {
    const char *title, *field;
    const struct capan_token *tokens;
    size_t count;
    const uint8_t *blames; /* enum capan_blame of each; NULL: the list has none */
};
extern const struct glossary_section glossary_sections[];
extern const size_t glossary_section_count;

/* What is easily taken for it, and what Wireshark 4.0.17 says where it says something else; "" nothing. */
struct glossary_note {
    const char *differs, *wireshark;
};
const struct glossary_note *glossary_note_on(const char *token);
/* A note's token that is in no list, which is a mistake; NULL: there is none. */
const char *glossary_stray_note(void);

#endif
