"""What each layer between an application and its machine takes."""
