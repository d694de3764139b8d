/* SPDX-License-Identifier: MIT */
/* The plugin and its profile for one user of the Wireshark that is found, without the rights that an installation for
 * everybody needs. */
#ifndef INSTALL_PLUGIN_H
#define INSTALL_PLUGIN_H

#include "options.h"

/* comes: copies both to where that Wireshark looks for this user's own, and says what it did; a file of the profile
 * that the user has changed is left alone. Else takes away what was copied; of the profile, what the user has not
 * changed. EXIT_USAGE: it cannot be done here, one line says why, and nothing was changed; EXIT_INTERNAL: a file could
 * not be written or removed. */
enum exit_status plugin_place(bool comes);

#endif
