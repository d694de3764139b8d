/* SPDX-License-Identifier: MIT */
/* The files of the command line, as the capture that they are. */
#ifndef INPUTS_H
#define INPUTS_H

#include "options.h"

/* Opens those that can be read; of the others a line on standard error tells. *capture is NULL when there is none. */
enum exit_status inputs_open(struct capan_capture **capture, const struct options *);
/* The threads that it is worth, or that are asked for. */
void inputs_share(const struct options *, struct capan_capture *);
/* For people. The caller frees it (g_free). */
char *inputs_name(char **files);
/* One of them is standard input, and comes as it is made. */
bool inputs_live(char *const *files);

#endif
