//! What crosses between browser and server: names, requests and views.
