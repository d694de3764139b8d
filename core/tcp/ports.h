/* SPDX-License-Identifier: MIT */
#ifndef PORTS_H
#define PORTS_H

#include "capan/base.h"

/* True when a port that systems hand out to clients is also registered to a service, so that tools print its name
 * (RFC 6335 6). */
bool capan_port_has_name(uint16_t port);

#endif
