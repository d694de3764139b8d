/* SPDX-License-Identifier: MIT */
/* The files of the command line, as the capture that they are. */
#ifndef INPUTS_H
#define INPUTS_H

#include "options.h"

/* Opens those that can be read; of the others a line on standard error tells. *capture is NULL when there is none. */
enum exit_status inputs_open(struct capan_capture **capture, const struct options *, struct capan_profile *);
/* EXIT_FINE where it is no part of a split that did not come to its end; else a line on standard error says so. */
enum exit_status inputs_whole(const struct capan_capture *, const char *name);
/* What gets a thread of its own where there may be so many: first what takes most, exchanges being judged and rows
 * written. */
enum { WITH_ROWS = 2, WITH_READING = 3 };
/* How many threads there may be, this one counted: as many as are asked for, or as it is worth. With enough of them the
 * capture is read ahead from here on; relayed: rows may get one before that. */
unsigned inputs_share(const struct options *, struct capan_capture *, bool relayed);
/* For people. The caller frees it (g_free). */
char *inputs_name(const struct options *);
/* One of them is standard input, and comes as it is made. */
bool inputs_live(char *const *files);

#endif
