//! Mounts the page.

#[cfg(target_family = "wasm")]
fn main() {
    use latchkey::{app, components, platform::page};
    use leptos::prelude::*;

    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        // Nothing recovers a module that panicked; the journal is stored, so a reload goes on.
        page::stop(&[
            "Something in this page failed",
            "What was written is in the journal. Reload the page: an unfinished run goes on where it stopped.",
            "If a secret was on screen and was not saved, the run offers to replace it.",
        ]);
    }));
    let had_focus = page::remove_shell();
    mount_to_body(|| {
        let state = app::start();
        view! { <components::Root app=state/> }
    });
    if had_focus {
        page::focus("#sign-in");
    }
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    println!("The page runs in a browser: ./dev serve");
}
