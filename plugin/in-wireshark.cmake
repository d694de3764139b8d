# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin as one of Wireshark's own, built with its compiler, flags and libraries.
include(${CMAKE_CURRENT_LIST_DIR}/probes.cmake)

# What the core wants is what Wireshark found for itself.
function(capan_found name)
  if(NOT ${name}_FOUND)
    return()
  endif()
  add_library(PkgConfig::${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(PkgConfig::${name} INTERFACE ${${name}_INCLUDE_DIRS})
  target_link_libraries(PkgConfig::${name} INTERFACE ${${name}_LIBRARIES})
endfunction()
if(NOT NGHTTP2_FOUND)
  message(FATAL_ERROR "capan: this Wireshark is built without nghttp2, by which HTTP/2 is read")
endif()
capan_found(NGHTTP2)
capan_found(NGHTTP3)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CAPAN_IN_WIRESHARK ON)
add_library(capan_warnings INTERFACE)
add_subdirectory(core EXCLUDE_FROM_ALL) # and without its install rules

set_module_info(capan ${PROJECT_VERSION_MAJOR} ${PROJECT_VERSION_MINOR} ${PROJECT_VERSION_PATCH} 0)
set(PLUGIN_FILES ${CAPAN_PLUGIN_SOURCES})
list(TRANSFORM PLUGIN_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/plugin/)
add_wireshark_plugin_library(capan epan)
# Wireshark writes this header behind its plugins.
configure_file(${CMAKE_SOURCE_DIR}/ws_version.h.in ${CMAKE_CURRENT_BINARY_DIR}/probes/ws_version.h)
set(CMAKE_REQUIRED_INCLUDES ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/wsutil
  ${CMAKE_CURRENT_BINARY_DIR}/probes ${GLIB2_INCLUDE_DIRS})
capan_probe_wireshark(capan)
target_compile_definitions(capan PRIVATE VERSION="${PROJECT_VERSION}")
target_link_libraries(capan epan capan::core)
install_plugin(capan epan)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/plugin/profile/ DESTINATION ${CMAKE_INSTALL_DATADIR}/wireshark/profiles/capan)
