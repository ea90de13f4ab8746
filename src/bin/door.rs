//! The door: the small module behind the `Sign in` of index.html. The application is loaded when there is something to show.

#[cfg(target_family = "wasm")]
fn main() {
    use latchkey::app::redirect::{first_sign_in, keep_swept, leave};
    use latchkey::entra::cloud::Config;
    use latchkey::platform::page;

    wasm_bindgen_futures::spawn_local(async {
        let text = page::config_text().await.unwrap_or_default();
        wasm_bindgen_futures::spawn_local(keep_swept());
        // Why sign-in is off is for the application to say.
        let Ok(config) = Config::read(&text, &page::built_for(), &page::origin()) else { return page::load_application() };
        let knock = move || {
            if leave(&config, first_sign_in()).is_err() {
                // It says why.
                page::keep_early_click();
                page::load_application();
            }
        };
        if page::take_early_click() {
            knock();
        }
        page::on_sign_in(knock);
    });
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    println!("The page runs in a browser: ./dev serve");
}
