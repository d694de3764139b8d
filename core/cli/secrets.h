/* SPDX-License-Identifier: MIT */
/* TLS secrets out of the capture and of a file beside it, and what is to be said of them on standard error. */
#ifndef SECRETS_H
#define SECRETS_H

#include "options.h"

/* Those of a file; the capture may hold more. file NULL: there is none. */
enum exit_status secrets_read(struct capan_tls_secrets *, const char *file);
/* The capture called name was read: whether all of its secrets, and the file's, were kept. */
void secrets_tell_cut(const struct capan_tls_secrets *, const char *name);
/* And whether the file was of use. */
void secrets_tell(const struct capan_tls_secrets *, const struct capan_totals *, const char *file, const char *name);

#endif
