/* SPDX-License-Identifier: MIT */
/* Field lines with stand-ins for what they name; directives, lengths, and which dates and tags are the same stay. */
#ifndef FIELDS_H
#define FIELDS_H

#include "field.h"
#include "standins.h"

/* A name that is known here stays, and is told; any other has a stand-in. */
enum capan_field capan_standin_name(struct capan_standins *, uint8_t *name, size_t len);
/* Dates move by so many seconds, whole weeks. Even ones that would be longer or shorter in Huffman's code then move
 * some seconds more or less, each date always as far. */
void capan_standin_value(struct capan_standins *, enum capan_field, uint8_t *value, size_t len, int64_t shift_s);

#endif
