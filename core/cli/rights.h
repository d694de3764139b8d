/* SPDX-License-Identifier: MIT */
/* Root's rights, given up for good once they have opened what needs them. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdbool.h>

/* Root becomes who called sudo, else nobody; capabilities that a file brought are given up. Others stay who they are.
 * False: some right could not be given up; errno says why. */
bool rights_drop(void);

#endif
