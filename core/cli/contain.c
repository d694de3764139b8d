/* SPDX-License-Identifier: MIT */
#include "contain.h"

#include <glib.h>
#include <unistd.h>

#include "sandbox.h"

/* Root at a terminal is told in any case: what a sandbox takes from it is more than it leaves to others. */
void contain(const struct options *options, int folder) {
    bool contained = !options->no_sandbox && sandbox_enter(folder, options->filter != NULL);
    if (geteuid() == 0 && (!contained || isatty(STDERR_FILENO)))
        g_printerr("capan: root reads what anybody may have written; another user would do\n");
}
