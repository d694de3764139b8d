/* SPDX-License-Identifier: MIT */
/* The contents that messages carried, as files in a folder, with an index. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "options.h"

/* What is under way lies in files: memory holds a name for each file and little for each message in flight. */
struct objects;

/* Opens options->output, which is made where it is not there; what lies in it is left alone. report, which may be NULL,
 * gets a row for each file as well. NULL: a line said why. */
struct objects *objects_open(const struct options *, struct capan_report *report);
/* Its index: the conditions that it gets choose the files, too. */
struct capan_report *objects_index(const struct objects *);
/* The folder, open: nothing else is written to. */
int objects_folder(const struct objects *);
/* As capan_report_origin(). */
void objects_origin(struct objects *, int64_t origin_ns);
void objects_content(struct objects *, const struct capan_content *);
/* The exchange's contents are complete; wanted: they become files. */
void objects_exchange(struct objects *, const struct capan_exchange *, bool wanted);
/* The capture ended: contents without an exchange go. Returns how many became no file because options->output_limit
 * was reached. */
uint64_t objects_end(struct objects *);
/* False when anything could not be written; a line said why. */
bool objects_close(struct objects *);

#endif
