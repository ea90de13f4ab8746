#!/usr/bin/python3
"""A window with WebKit in it, for WebKitWebDriver to steer: the program that its session starts.

browser.py --profile FOLDER --downloads FOLDER
"""
import argparse
import pathlib

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

parser = argparse.ArgumentParser()
for name in ("--profile", "--downloads"):
    parser.add_argument(name, type=pathlib.Path, required=True)
options = parser.parse_args()

manager = WebKit2.WebsiteDataManager(base_data_directory=str(options.profile / "data"), base_cache_directory=str(options.profile / "cache"))
context = WebKit2.WebContext.new_with_website_data_manager(manager)
context.set_automation_allowed(True)
# What must not happen is told on the console, and the console is told to whoever started the driver.
settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True, enable_developer_extras=True)


def create_view(_session):
    view = WebKit2.WebView(is_controlled_by_automation=True, web_context=context, settings=settings)
    window = Gtk.Window()
    window.set_default_size(1280, 800)
    window.add(view)
    window.show_all()
    view.connect("close", lambda _view: window.destroy())
    return view


def automation_started(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("browser.py")
    info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
    session.set_application_info(info)
    session.connect("create-web-view", create_view)


def download_started(_context, download):
    def decide(download, name):
        download.set_destination((options.downloads / name).as_uri())
        return True

    download.connect("decide-destination", decide)


context.connect("automation-started", automation_started)
context.connect("download-started", download_started)
Gtk.main()
