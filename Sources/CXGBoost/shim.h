// The C API of XGBoost 1.7 (Debian: libxgboost-dev). No logic lives here.
#include <xgboost/c_api.h>
