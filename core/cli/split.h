/* SPDX-License-Identifier: MIT */
/* The command that cuts a capture into parts (capan/split.h), in a folder with a manifest. */
#ifndef SPLIT_H
#define SPLIT_H

#include "options.h"

enum exit_status split_files(const struct options *);

#endif
