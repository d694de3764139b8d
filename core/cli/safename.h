/* SPDX-License-Identifier: MIT */
/* File names made from what a capture says, which may be anything: no path, no hidden file, no option, no control, no
 * device, no endless name, and none twice. */
#ifndef SAFENAME_H
#define SAFENAME_H

#include "capan/base.h"

enum { SAFE_NAME = 128 };

/* Names that a folder has; letters' case does not tell them apart. */
struct safe_names;
struct safe_names *safe_names_new(void);
void safe_names_free(struct safe_names *);
/* It is taken. */
void safe_names_add(struct safe_names *, const char *name);

/* A name for what was sent for that target: its last segment, at most 80 octets of letters, digits and "._~+=@,%-";
 * where there is none, "index" with a suffix for the media type. */
void safe_name(char name[SAFE_NAME], struct capan_span target, struct capan_span media_type);
/* Puts ".suffix" behind it, of the same octets; it is cut where it becomes too long. */
void safe_name_suffix(char name[SAFE_NAME], struct capan_span suffix);
/* Takes it, with a number before its suffix when it is taken: "a.gif", "a-2.gif". */
void safe_names_take(struct safe_names *, char name[SAFE_NAME]);

#endif
