// WeChat's globals (`wx`, `App`, `Page`, `Component` …) for everyone who includes this folder.
/// <reference types="miniprogram-api-typings" />
