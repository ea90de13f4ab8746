// A sign-in page as many teams would write it: React, Fluent UI and MSAL.
import { Button, FluentProvider, Text, Title1, webLightTheme } from '@fluentui/react-components';
import { PublicClientApplication } from '@azure/msal-browser';
import { createElement as h, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

const client = new PublicClientApplication({
  auth: { clientId: '5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef', authority: 'https://login.microsoftonline.com/organizations', redirectUri: `${location.origin}/auth` },
});

const Page = () => {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    client.initialize().then(() => client.handleRedirectPromise()).finally(() => setReady(true));
  }, []);
  const signIn = () => client.loginRedirect({ scopes: ['User.Read'], prompt: 'select_account' });
  return h(
    FluentProvider,
    { theme: webLightTheme },
    h(Title1, { as: 'h1' }, 'Give an application its way into a Microsoft 365 tenant'),
    h(Text, { as: 'p' }, 'Sign in with a work account to begin.'),
    h(Button, { appearance: 'primary', disabled: !ready, onClick: signIn }, 'Sign in'),
  );
};

createRoot(document.getElementById('root')).render(h(Page));
