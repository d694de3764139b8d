# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin is made of, and what it asks of Wireshark's headers. CMAKE_REQUIRED_LIBRARIES or
# CMAKE_REQUIRED_INCLUDES say where these are.
include(CheckCSourceCompiles)

set(CAPAN_PLUGIN_SOURCES plugin.c packet-capan.c before.c decrypted.c fields.c frames.c input.c path.c prefs.c quic.c
  tap-capan-export.c tap-capan-hosts.c tap-capan-summary.c tap-capan-trees.c tree.c verdicts.c)

# What differs between Wireshark's lines is asked of its headers, not of its version.
function(capan_probe target variable code)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  set(CMAKE_REQUIRED_FLAGS "-Werror=incompatible-pointer-types -Werror=implicit-function-declaration")
  if(MSVC) # the same: incompatible types, another parameter, an undefined function
    set(CMAKE_REQUIRED_FLAGS "/we4133 /we4028 /we4013")
  endif()
  check_c_source_compiles("#define WS_BUILD_DLL\n#include <wireshark.h>\n${code}" ${variable})
  if(${variable})
    target_compile_definitions(${target} PRIVATE ${variable})
  endif()
endfunction()

function(capan_probe_wireshark target)
  capan_probe(${target} CAPAN_HAVE_PREF_BOOL "#include <epan/prefs.h>
  void f(module_t *m, bool *b); void f(module_t *m, bool *b) { prefs_register_bool_preference(m, \"\", \"\", \"\", b); }")
  capan_probe(${target} CAPAN_HAVE_PLUGIN_DESCRIBE "#include <wsutil/plugins.h>
  uint32_t f(void); uint32_t f(void) { return WS_PLUGIN_DESC_DISSECTOR; }")
  capan_probe(${target} CAPAN_HAVE_STAT_TAP_BOOL "#include <epan/packet.h>\n#include <epan/stat_tap_ui.h>
  bool f(const char *a, void *b); bool f(const char *a, void *b) { return a != b; }
  stat_tap_ui u; stat_tap_ui u = {.tap_init_cb = f};")
  capan_probe(${target} CAPAN_HAVE_INTERFACE_SECTION "#include <epan/epan.h>
  const char *f(const epan_t *e); const char *f(const epan_t *e) { return epan_get_interface_name(e, 0, 0); }")
  capan_probe(${target} CAPAN_HAVE_DATA_SOURCE_DESCRIPTION "#include <epan/packet.h>
  char *f(const struct data_source *s); char *f(const struct data_source *s) { return get_data_source_description(s); }")
endfunction()
